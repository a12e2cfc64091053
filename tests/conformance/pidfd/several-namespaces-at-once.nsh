# setns(2): with a pidfd, the namespaces that the flags name, or none of them
# (as since Linux 6.18)
spawn --uts --ipc --mount --pid web
web hostname web1
pidfd open web
spawn visitor
visitor setns -P 3 uts,ipc
expect { visitor hostname } prints "web1"
expect $(readlink /proc/3/ns/ipc) == $(readlink /proc/2/ns/ipc)
expect $(readlink /proc/3/ns/mnt) != $(readlink /proc/2/ns/mnt)
visitor setns -P 3 pid,mnt
visitor spawn guest
expect $(readlink /proc/4/ns/pid) == $(readlink /proc/2/ns/pid)
expect { guest getpid } prints "2"
expect { guest setns -P 3 uts,pid }
spawn --pid --uts other
pidfd open other
expect { other setns -P 3 uts,pid } fails EINVAL
expect { other hostname } matches /^(?!web1)/
expect $(readlink /proc/5/ns/uts) != $(readlink /proc/2/ns/uts)
