# cgroup_freeze(): poll(2) is told of frozen, and of a write that changes nothing; since Linux 5.2
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b
exec 5< /tmp/m/a/cgroup.events
exec 6< /tmp/m/a/b/cgroup.events
cat <&5 > /dev/null; cat <&6 > /dev/null
par { poll 5:PRI } { echo 1 > /tmp/m/a/cgroup.freeze }
expect { poll -t 0 6:PRI } prints "6: POLLPRI POLLERR"
exec 5< /tmp/m/a/cgroup.events
mkdir /tmp/m/a/c
exec 6< /tmp/m/a/c/cgroup.events
expect { cat <&5 } matches /^populated 0\nfrozen 1$/
expect { cat <&6 } matches /^populated 0\nfrozen 1$/
expect { poll -t 0 5:PRI 6:PRI || echo nothing } prints "nothing"
echo 1 > /tmp/m/a/c/cgroup.freeze
expect { poll -t 0 5:PRI 6:PRI } prints "6: POLLPRI POLLERR"
exec 6< /tmp/m/a/c/cgroup.events
cat <&6 > /dev/null
echo 1 > /tmp/m/a/c/cgroup.freeze
expect { poll -t 0 6:PRI || echo nothing } prints "nothing"
