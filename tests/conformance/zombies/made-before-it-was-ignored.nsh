# wait(2): ignoring SIGCHLD reaps nobody who is a zombie already
spawn child
child exit 3
trap CHLD ignore
expect { waitpid 2 } prints "2 exited 3"
