# ioctl_pidfd(2), PIDFD_INFO_EXIT: how a process ended is told once it has been reaped
# since Linux 6.16
spawn w
pidfd open w
w exit 3
expect { ioctl 3 PIDFD_GET_INFO 8 } matches /^pid=2 /
waitpid 2
expect { ioctl 3 PIDFD_GET_INFO } fails ESRCH
expect { ioctl 3 PIDFD_GET_INFO 8 } prints "exit_code=768"
spawn --pid web
web spawn inner
pidfd open inner
kill -KILL inner; web waitpid 2
expect { ioctl 4 PIDFD_GET_INFO 8 } prints "exit_code=9"
expect { web ioctl 3 PIDFD_GET_INFO 8 } fails EREMOTE
open -m r /proc/self/fd/4
exec 4<&-
expect { ioctl 5 PIDFD_GET_INFO 8 } prints "exit_code=9"
spawn late { exit 5 }
waitpid -k late
pidfd open late
waitpid late
expect { ioctl 4 PIDFD_GET_INFO 8 } prints "exit_code=1280"
