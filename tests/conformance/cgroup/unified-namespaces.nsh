# cgroup_namespaces(7): paths begin at the root of the reader's namespace, and so do its mounts
mkdir /tmp/m /tmp/n
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b /tmp/m/c
spawn w
spawn v
echo 2 > /tmp/m/a/cgroup.procs
w unshare --cgroup
expect { w grep ^0 /proc/self/cgroup } prints "0::/"
expect { w grep ^0 /proc/1/cgroup } prints "0::/.."
echo 3 > /tmp/m/a/b/cgroup.procs
expect { w grep ^0 /proc/3/cgroup } prints "0::/b"
w mount -t cgroup2 none /tmp/n
expect { w findmnt -n -o FSROOT /tmp/n } prints "/"
expect { w findmnt -n -o FSROOT /tmp/m } prints "/.."
expect { findmnt -n -o FSROOT /tmp/n } prints "/a"
expect { cat /tmp/n/cgroup.procs } prints "2"
echo 2 > /tmp/m/c/cgroup.procs
expect { w grep ^0 /proc/self/cgroup } prints "0::/../c"
v setns /proc/2/ns/cgroup
expect { v grep ^0 /proc/self/cgroup } prints "0::/b"
