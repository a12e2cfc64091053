# setns(2), cgroupns_install(): EPERM without CAP_SYS_ADMIN over its owner, and in one's own as well
spawn --cgroup w
exec 3< /proc/2/ns/cgroup
spawn --user --cgroup y
exec 4< /proc/3/ns/cgroup
spawn x
x unshare --user
expect { x setns /proc/self/fd/3 } fails EPERM
expect { x setns /proc/self/fd/4 } fails EPERM
spawn z
setns /proc/self/fd/4
setns /proc/self/fd/4
expect $(readlink /proc/self/ns/cgroup) == $(readlink /proc/3/ns/cgroup)
z setresuid 1000 1000 1000
expect { z setns /proc/self/fd/3 } fails EPERM
expect { z setns /proc/self/ns/cgroup } fails EPERM
expect { setns /proc/self/fd/3 }
