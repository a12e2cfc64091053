# cgroup_procs_write_permission(): who may write cgroup.procs of the cgroup that both are in
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b /tmp/m/c
chown 1000 /tmp/m/a /tmp/m/a/cgroup.procs /tmp/m/a/b/cgroup.procs /tmp/m/c/cgroup.procs
spawn w
spawn v
echo 2 > /tmp/m/a/cgroup.procs
w setresuid 1000 1000 1000
as w echo 0 > /tmp/m/a/b/cgroup.procs
expect { as w echo 3 > /tmp/m/a/cgroup.procs } fails EACCES
expect { as w echo 0 > /tmp/m/c/cgroup.procs } fails EACCES
echo 3 > /tmp/m/a/cgroup.procs
as w echo 3 > /tmp/m/a/b/cgroup.procs
expect { cat /tmp/m/a/b/cgroup.procs | sort } matches /^2\n3$/
w mkdir /tmp/m/a/own
as w echo 3 > /tmp/m/a/own/cgroup.procs
expect { w mkdir /tmp/m/c/own } fails EACCES
expect { as w echo 1 > /tmp/m/a/cgroup.freeze } fails EACCES
v exec 5> /tmp/m/c/cgroup.procs
v setresuid 1000 1000 1000
as v echo 0 >&5
expect { grep ^0 /proc/3/cgroup } prints "0::/c"
