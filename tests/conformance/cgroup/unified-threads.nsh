# cgroups(7): threads of a process are in one threaded domain, whose cgroup.procs tells of them
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/t /tmp/m/a/d
echo threaded > /tmp/m/a/t/cgroup.type
expect { cat /tmp/m/a/cgroup.type } prints "domain threaded"
expect { cat /tmp/m/a/t/cgroup.type } prints "threaded"
expect { cat /tmp/m/a/d/cgroup.type } prints "domain invalid"
expect { echo domain > /tmp/m/a/t/cgroup.type } fails EINVAL
spawn w
w spawn --thread t
expect { echo 3 > /tmp/m/a/t/cgroup.threads } fails ENOTSUP
expect { echo 2 > /tmp/m/a/d/cgroup.procs } fails ENOTSUP
echo 2 > /tmp/m/a/cgroup.procs
echo 3 > /tmp/m/a/t/cgroup.threads
expect { grep ^0 /proc/2/task/3/cgroup } prints "0::/a/t"
expect { cat /tmp/m/a/cgroup.procs } prints "2"
expect { cat /tmp/m/a/cgroup.threads } prints "2"
expect { cat /tmp/m/a/t/cgroup.procs } fails ENOTSUP
expect { echo 1 > /tmp/m/a/t/cgroup.kill } fails ENOTSUP
expect { echo threaded > /tmp/m/a/cgroup.type } fails ENOTSUP
echo threaded > /tmp/m/a/d/cgroup.type
expect { cat /tmp/m/a/d/cgroup.type } prints "threaded"
