# wait(2), errors: ECHILD for who has no such child: none at all, a stranger, oneself
expect { waitpid } fails ECHILD
expect { waitpid --nohang } fails ECHILD
expect { waitpid 1 } fails ECHILD
expect { waitpid 99 } fails ECHILD
spawn child
child spawn grandchild
expect { waitpid 3 } fails ECHILD
expect { child waitpid 2 } fails ECHILD
expect { waitpid -2147483648 } fails ESRCH
