# clone(2), CLONE_PARENT: the new process has the caller's parent, who alone may wait for it
spawn child
child spawn --parent sibling
expect { sibling getppid } prints "1"
expect { child waitpid 3 } fails ECHILD
sibling exit 4
expect { waitpid 3 } prints "3 exited 4"
