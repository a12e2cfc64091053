# wait(2), NOTES: zombies of a parent that dies go to the new parent, who may wait for them
subreaper on
spawn parent
parent spawn child
child exit 7
parent exit 1
expect { waitpid 2 } prints "2 exited 1"
expect { waitpid 3 } prints "3 exited 7"
