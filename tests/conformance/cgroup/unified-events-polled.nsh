# kernfs_generic_poll(): cgroup.events has something new (POLLPRI) till it is read; since Linux 5.2
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b
spawn w
exec 5< /tmp/m/a/cgroup.events
exec 6< /tmp/m/a/b/cgroup.events
expect { poll -t 0 5:IN,OUT,PRI } prints "5: POLLIN POLLPRI POLLOUT POLLERR"
expect { cat <&5 } matches /^populated 0\nfrozen 0$/
expect { poll -t 0 5:IN,OUT,PRI } prints "5: POLLIN POLLOUT"
cat <&6 > /dev/null
par { poll 5:PRI } { echo 2 > /tmp/m/a/b/cgroup.procs }
expect { poll -t 0 5:PRI 6:PRI } matches /^5: POLLPRI POLLERR\n6: POLLPRI POLLERR$/
exec 7< /tmp/m/a/cgroup.events
cat <&7 > /dev/null
echo 2 > /tmp/m/a/cgroup.procs
expect { poll -t 0 7:PRI || echo nothing } prints "nothing"
par { poll 7:PRI } { kill -9 2 }
exec 8< /tmp/m/a/b/cgroup.procs
rmdir /tmp/m/a/b
expect { poll -t 0 6:IN 8:IN } matches /^6: POLLIN POLLERR\n8: POLLIN POLLERR$/
exec 9< /tmp/m/a
expect { poll -t 0 9:IN,PRI } prints "9: POLLIN"
