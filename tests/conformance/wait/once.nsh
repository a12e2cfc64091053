# wait(2): a child that has been waited for is gone, and its number belongs to nobody
spawn child
child exit 7
expect { waitpid 2 } prints "2 exited 7"
expect { waitpid 2 } fails ECHILD
expect { kill -0 2 } fails ESRCH
expect { cat /proc/2/status } fails ENOENT
