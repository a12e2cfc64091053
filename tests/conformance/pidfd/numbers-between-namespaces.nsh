# ioctl_nsfs(2), NS_GET_PID_FROM_PIDNS: one namespace's pid in another's numbers
# (as since Linux 6.18)
spawn --pid --mount --mount-proc inner
inner { spawn child; spawn --thread helper }
open -m r /proc/2/ns/pid
expect { ioctl 3 NS_GET_PID_FROM_PIDNS 2 } prints "3"
expect { ioctl 3 NS_GET_PID_FROM_PIDNS 3 } prints "4"
expect { ioctl 3 NS_GET_TGID_FROM_PIDNS 3 } prints "2"
expect { ioctl 3 NS_GET_PID_IN_PIDNS 4 } prints "3"
expect { ioctl 3 NS_GET_TGID_IN_PIDNS 4 } prints "1"
expect { ioctl 3 NS_GET_PID_FROM_PIDNS 99 } fails ESRCH
expect { ioctl 3 NS_GET_PID_FROM_PIDNS 0 } fails ESRCH
expect { ioctl 3 NS_GET_PID_IN_PIDNS 1 } fails ESRCH
inner open -m r /proc/self/ns/pid
expect { inner ioctl 3 NS_GET_PID_IN_PIDNS 2 } prints "2"
open -m r /proc/self/ns/uts
expect { ioctl 4 NS_GET_PID_IN_PIDNS 1 } fails EINVAL
expect { ioctl 0 NS_GET_PID_IN_PIDNS 1 } fails ENOTTY
