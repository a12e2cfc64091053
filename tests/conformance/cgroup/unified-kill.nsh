# __cgroup_kill(): all in it and below die, an init not by those inside; since Linux 5.14
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b
spawn w
spawn --pid v
v spawn x
echo 2 > /tmp/m/a/cgroup.procs
for n in 3 4 { echo $n > /tmp/m/a/b/cgroup.procs }
expect { as v cat /tmp/m/a/b/cgroup.procs } matches /^1\n2$/
expect { as v cat /tmp/m/a/cgroup.procs } prints "0"
expect { echo 0 > /tmp/m/a/cgroup.kill } fails ERANGE
expect { cat /tmp/m/a/cgroup.kill } fails EINVAL
as v echo 1 > /tmp/m/a/cgroup.kill
expect { ps -o s= -p 2,3,4 } matches /^Z\nS\nZ$/
echo 1 > /tmp/m/a/cgroup.kill
expect { ps -o s= -p 3 } prints "Z"
