# waitid(2), WNOWAIT: the child is left as it is and may be waited for again
spawn child
child exit 7
expect { waitpid --keep } prints "2 exited 7"
expect { waitpid --keep 2 } prints "2 exited 7"
expect { waitpid } prints "2 exited 7"
expect { waitpid } fails ECHILD
