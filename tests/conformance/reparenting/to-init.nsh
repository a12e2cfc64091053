# wait(2), NOTES: the children of who has ended are adopted by init
spawn parent
parent spawn child
expect { child getppid } prints "2"
parent exit
expect { child getppid } prints "1"
child exit 6
expect { waitpid 3 } prints "3 exited 6"
