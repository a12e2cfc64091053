# setns(2): EINVAL into one's own; EPERM without CAP_SYS_ADMIN there; all capabilities afterwards
expect { setns /proc/self/ns/user } fails EINVAL
spawn --user w
spawn x
x setns /proc/2/ns/user
expect { getpcaps 3 } matches /=ep/
expect { x id -u } prints "65534"
expect { x setns /proc/self/ns/user } fails EINVAL
expect { x setns /proc/1/ns/user } fails EACCES
spawn y
spawn --uts z
y unshare --user
expect { y setns /proc/5/ns/uts } fails EACCES
exec 3< /proc/5/ns/uts
spawn q
q unshare --user
expect { q setns /proc/self/fd/3 } fails EPERM
