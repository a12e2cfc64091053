# cgroup_freeze_do(): a cgroup counts the time since it was to freeze, here or above; since 6.18
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b /tmp/m/c
expect { cat /tmp/m/a/cgroup.stat.local } prints "frozen_usec 0"
expect { echo 0 > /tmp/m/a/cgroup.stat.local } fails EINVAL
echo 1 > /tmp/m/a/cgroup.freeze
mkdir /tmp/m/a/new
findmnt --poll -w 3
for n in a a/b a/new { expect { cat /tmp/m/$n/cgroup.stat.local } matches /^frozen_usec [1-9]\d*$/ }
expect { cat /tmp/m/c/cgroup.stat.local } prints "frozen_usec 0"
before=$(cat /tmp/m/a/b/cgroup.stat.local)
echo 1 > /tmp/m/a/b/cgroup.freeze
echo 0 > /tmp/m/a/cgroup.freeze
findmnt --poll -w 3
expect $(cat /tmp/m/a/b/cgroup.stat.local) != $before
after=$(cat /tmp/m/a/cgroup.stat.local)
findmnt --poll -w 3
expect $(cat /tmp/m/a/cgroup.stat.local) == $after
