# clone(2), wait(2): whose death is told by another signal than SIGCHLD, or none, is a "clone" child
clone2 --name quiet --exit-signal 0
clone2 --name plain
quiet exit 3
plain exit 4
expect { waitpid --nohang 2 } fails ECHILD
expect { waitpid --clone } prints "2 exited 3"
expect { waitpid --clone } fails ECHILD
expect { waitpid } prints "3 exited 4"
