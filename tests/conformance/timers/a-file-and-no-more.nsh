# timerfd_create(2), proc_pid_fdinfo(5): a file that is only a descriptor keeps no mode or owner
# (since Linux 6.16)
timerfd create
expect { chmod 600 /proc/self/fd/3 } fails ENOTSUP
expect { chown 1:1 /proc/self/fd/3 } fails ENOTSUP
expect { cat <&3 > /proc/self/fd/3 } fails ENXIO
grep flags /proc/self/fdinfo/3
expect { grep -v _id: /proc/self/fdinfo/3 } matches /clockid: 1\nticks: 0\nsettime flags: 00\n/
timerfd settime --absolute 3 0.000000001 50
expect { grep -e it_ /proc/self/fdinfo/3 } matches /it_value: \(0, 0\)\nit_interval: \(50, 0\)/
expect { grep settime /proc/self/fdinfo/3 } prints "settime flags: 01"
open -m r /proc/self/ns/uts
expect { grep flags /proc/self/fdinfo/4 } prints "flags:	0100000"
ioctl 4 NS_GET_USERNS || true
socketpair stream
grep flags /proc/self/fdinfo/5
