# css_task_iter_next(): cgroup.procs and cgroup.threads are not sorted: members come as they came
mount -t cgroup2 none /mnt
mkdir /mnt/g
spawn a; spawn b; spawn c
for n in 4 2 3 2 { echo $n > /mnt/g/cgroup.procs }
expect { cat /mnt/g/cgroup.procs } matches /^4\n2\n3$/
c spawn d; c spawn --thread t
expect { cat /mnt/g/cgroup.procs } matches /^4\n2\n3\n5$/
expect { cat /mnt/g/cgroup.threads } matches /^4\n2\n3\n5\n6$/
echo 4 > /mnt/cgroup.procs; echo 2 > /mnt/cgroup.procs
expect { cat /mnt/cgroup.procs } matches /^1\n4\n2$/
expect { cat /mnt/g/cgroup.threads } matches /^3\n5$/
echo 4 > /mnt/g/cgroup.procs
expect { cat /mnt/g/cgroup.procs } matches /^3\n5\n4$/
