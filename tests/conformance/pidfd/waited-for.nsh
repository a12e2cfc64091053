# waitid(2), P_PIDFD: as P_PID; with PIDFD_NONBLOCK it is EAGAIN instead of a wait
# (as since Linux 6.18)
spawn one
spawn two
pidfd open one
pidfd open --nonblock two
expect { waitpid -P 4 } fails EAGAIN
expect { waitpid -n -P 4 } prints "0"
kill -STOP 2
expect { waitpid -u -P 3 } prints "2 stopped STOP"
kill -CONT 2
expect { waitpid -c -P 3 } prints "2 continued"
spawn killer { kill -TERM 2; kill -TERM 3; exit }
expect { waitpid -k -P 3 } prints "2 killed TERM"
expect { waitpid -P 3 } prints "2 killed TERM"
expect { waitpid -P 3 } fails ECHILD
wait 4
expect { waitpid -P 4 } prints "3 killed TERM"
