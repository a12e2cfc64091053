# pidfd_send_signal(2): EINVAL for who is not below the caller's pid namespace
# (as since Linux 6.18)
pidfd open 1
spawn outside
pidfd open outside
spawn --pid --mount --mount-proc inner
inner spawn child
expect { inner pidfd signal 4 0 } fails EINVAL
expect { inner pidfd signal 4 KILL } fails EINVAL
expect { inner waitpid -n -P 4 } fails ECHILD
expect { inner grep NSpid /proc/self/fdinfo/4 } prints "NSpid:	0"
expect { inner ioctl 4 PIDFD_GET_INFO } fails EREMOTE
expect { inner setns -P 4 pid } fails EINVAL
pidfd open child
expect { grep NSpid /proc/self/fdinfo/5 } prints "NSpid:	4	2"
expect { pidfd signal 5 KILL }
expect { inner waitpid } prints "2 killed KILL"
