# exit(3), wait(2): of an exit status the lower eight bits arrive
spawn -n 3 w
w.1 exit 0
w.2 exit 255
w.3 exit 259
expect { waitpid 2 } prints "2 exited 0"
expect { waitpid 3 } prints "3 exited 255"
expect { waitpid 4 } prints "4 exited 3"
