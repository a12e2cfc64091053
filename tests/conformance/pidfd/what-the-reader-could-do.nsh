# cap_ptrace_access_check(): getfd and setns ask what the caller could do, ioctl what it may now
# (as since Linux 6.18)
spawn w; spawn v
for who in w v { as $who setpriv --securebits +no_setuid_fixup }
for who in w v { as $who setresgid 1000 1000 1000; as $who setresuid 1000 1000 1000 }
w prctl dumpable 1
w capset -p kill -e kill
v capset -p kill -e none
v pidfd open w
expect { v pidfd getfd 3 0 } prints "4"
expect { v ioctl 3 PIDFD_GET_UTS_NAMESPACE } fails EACCES
expect { v readlink /proc/2/ns/uts } fails EACCES
v capset -p none
expect { v pidfd getfd 3 0 } fails EPERM
