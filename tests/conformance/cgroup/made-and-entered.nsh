# cgroup_namespaces(7): unshare(2) moves the caller at once, a child of clone(2) is born in its own
first=$(readlink /proc/self/ns/cgroup)
spawn mover
mover unshare --cgroup
expect $(mover readlink /proc/self/ns/cgroup) != $first
spawn --cgroup child
expect $(child readlink /proc/self/ns/cgroup) != $first
expect $(child readlink /proc/self/ns/cgroup) != $(mover readlink /proc/self/ns/cgroup)
mover spawn inside
expect $(inside readlink /proc/self/ns/cgroup) == $(mover readlink /proc/self/ns/cgroup)
inside setns /proc/3/ns/cgroup
expect $(inside readlink /proc/self/ns/cgroup) == $(child readlink /proc/self/ns/cgroup)
expect { inside setns /proc/3/ns/cgroup uts } fails EINVAL
expect { inside setns /proc/3/ns/uts cgroup } fails EINVAL
expect $(nsenter -t 2 -C readlink /proc/self/ns/cgroup) == $(mover readlink /proc/self/ns/cgroup)
expect { unshare -C readlink /proc/self/ns/cgroup } matches /^cgroup:\[\d+\]$/
expect $(readlink /proc/self/ns/cgroup) == $first
