# css_task_iter_advance(): a dead first thread stands for its process while others live
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/t
echo threaded > /tmp/m/a/t/cgroup.type
spawn w
w spawn --thread t
w spawn --thread s
echo 2 > /tmp/m/a/cgroup.procs
echo 4 > /tmp/m/a/t/cgroup.threads
as w { exit --thread }
expect { cat /tmp/m/a/cgroup.procs } prints "2"
expect { cat /tmp/m/a/cgroup.threads } prints "3"
as s { exec sleep infinity } &
expect { cat /tmp/m/a/t/cgroup.threads } prints "2"
expect { grep ^0 /proc/2/cgroup } prints "0::/a/t"
kill -9 2
expect { cat /tmp/m/a/cgroup.procs } prints ""
