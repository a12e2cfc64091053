# cgroup_css_set_fork(): CLONE_INTO_CGROUP has the child begin there; since Linux 5.7
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a
exec 7< /tmp/m/a
exec 8< /tmp/m/a/cgroup.procs
clone2 -n w --cgroup 7 INTO_CGROUP
expect { grep ^0 /proc/2/cgroup } prints "0::/a"
expect { grep ^0 /proc/self/cgroup } prints "0::/"
expect { clone2 -n x --cgroup 8 INTO_CGROUP } fails EBADF
expect { clone2 -n x --cgroup 99 INTO_CGROUP } fails EBADF
expect { clone2 -n x --cgroup 0 INTO_CGROUP } fails EBADF
spawn v
v setresuid 1000 1000 1000
v exec 7< /tmp/m/a
expect { v clone2 -n x --cgroup 7 INTO_CGROUP } fails EACCES
kill -9 2
rmdir /tmp/m/a
expect { clone2 -n x --cgroup 7 INTO_CGROUP } fails ENOENT
