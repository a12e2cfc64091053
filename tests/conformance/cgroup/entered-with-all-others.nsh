# nsenter(1): --all enters the cgroup namespace with the others; clone(2) makes several at once
clone2 -n w NEWCGROUP NEWUTS NEWIPC NEWPID
w hostname inside
inner=$(readlink /proc/2/ns/cgroup)
expect { nsenter -t 2 -a readlink /proc/self/ns/cgroup } prints "$inner"
expect { nsenter -t 2 -a hostname } prints "inside"
expect { nsenter -t 2 -C -u hostname } prints "inside"
n=$(clone2 -n x NEWCGROUP FS FILES)
expect $(readlink /proc/$n/ns/cgroup) != $(readlink /proc/self/ns/cgroup)
expect $(readlink /proc/$n/ns/uts) == $(readlink /proc/self/ns/uts)
