# proc_pid_ns(5): a zombie has let go of its cgroup namespace; threads may be in different ones
spawn w
w spawn --thread t
t unshare --cgroup
expect $(readlink /proc/2/task/3/ns/cgroup) != $(readlink /proc/2/ns/cgroup)
expect $(readlink /proc/2/task/2/ns/cgroup) == $(readlink /proc/2/ns/cgroup)
t spawn child
expect $(readlink /proc/4/ns/cgroup) == $(readlink /proc/2/task/3/ns/cgroup)
w exit
expect { readlink /proc/2/ns/cgroup } fails ENOENT
expect { exec 3< /proc/2/ns/cgroup } fails ENOENT
expect $(readlink /proc/4/ns/cgroup) != $(readlink /proc/1/ns/cgroup)
