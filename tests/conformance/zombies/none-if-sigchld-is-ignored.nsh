# sigaction(2), SA_NOCLDWAIT, wait(2): a parent that ignores SIGCHLD has no zombies
trap CHLD ignore
spawn child
child exit 3
expect { kill -0 2 } fails ESRCH
expect { waitpid } fails ECHILD
