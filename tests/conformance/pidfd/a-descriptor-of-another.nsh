# pidfd_getfd(2): the other's open file itself, closed by execve; EPERM over another user's
# (as since Linux 6.18)
echo onetwo > /tmp/f
spawn w
w open -m r /tmp/f
w head -c 3 <&3
pidfd open w
expect { pidfd getfd 3 3 } prints "4"
expect { cat <&4 } prints "two"
expect { w cat <&3 } prints ""
expect { grep flags /proc/self/fdinfo/4 } prints "flags:	02100000"
spawn user
user setuid 65534
expect { user pidfd getfd 3 3 } fails EPERM
expect { user pidfd signal 3 0 } fails EPERM
expect { user ioctl 3 PIDFD_GET_UTS_NAMESPACE } fails EACCES
expect { user setns -P 3 uts } fails EPERM
w exit
expect { pidfd getfd 3 3 } fails ESRCH
expect { ioctl 3 PIDFD_GET_UTS_NAMESPACE } fails ESRCH
expect { setns -P 3 uts } fails ESRCH
