# pidfd_send_signal(2): a descriptor of /proc/PID does as well, and nothing else of proc
# (as since Linux 6.18)
spawn w
open -m r /proc/2
expect { pidfd signal 3 STOP }
expect { waitpid -u } prints "2 stopped STOP"
open -m r /proc/2/task
expect { pidfd signal 4 0 } fails EBADF
open -m r /proc/2/task/2
expect { pidfd signal 5 0 } fails EBADF
open --path /proc/2
expect { pidfd signal 6 0 } fails EBADF
expect { waitpid -P 3 } fails EBADF
expect { setns -P 3 uts } fails EINVAL
expect { pidfd signal 3 KILL }
waitpid
expect { pidfd signal 3 0 } fails ESRCH
