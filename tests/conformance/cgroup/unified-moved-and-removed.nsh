# cgroups(7): in cgroup2 the dead stay in theirs until they are reaped, be it removed
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b
expect { mkdir /tmp/m/a } fails EEXIST
expect { mkdir /tmp/m/a/cgroup.procs } fails EEXIST
expect { mv /tmp/m/a/b /tmp/m/a/c } fails EPERM
spawn w
w spawn v
expect { grep ^0 /proc/2/cgroup } prints "0::/"
echo 2 > /tmp/m/a/b/cgroup.procs
expect { grep ^0 /proc/2/cgroup } prints "0::/a/b"
expect { grep ^0 /proc/3/cgroup } prints "0::/"
expect { cat /tmp/m/a/b/cgroup.procs } prints "2"
expect { rmdir /tmp/m/a/b } fails EBUSY
w spawn x
expect { grep ^0 /proc/4/cgroup } prints "0::/a/b"
expect { grep populated /tmp/m/a/cgroup.events } prints "populated 1"
kill -9 2 4
expect { grep populated /tmp/m/a/cgroup.events } prints "populated 0"
rmdir /tmp/m/a/b /tmp/m/a
expect { grep ^0 /proc/2/cgroup } prints "0::/a/b (deleted)"
