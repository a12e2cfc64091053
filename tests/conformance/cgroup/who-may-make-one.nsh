# unshare(2), copy_cgroup_ns(): EPERM without CAP_SYS_ADMIN in the user namespace that will own it
spawn w
w setresuid 1000 1000 1000
expect { w unshare --cgroup } fails EPERM
expect { w spawn --cgroup x } fails EPERM
expect { w setns /proc/self/ns/cgroup } fails EPERM
w spawn --user --cgroup y
expect $(readlink /proc/3/ns/cgroup) != $(readlink /proc/self/ns/cgroup)
w unshare --user --cgroup
expect $(readlink /proc/2/ns/cgroup) != $(readlink /proc/self/ns/cgroup)
expect { w unshare --cgroup }
