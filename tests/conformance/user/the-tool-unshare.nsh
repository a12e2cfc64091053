# unshare(1): -r, -c, --map-user, --map-users write maps from inside, and from outside
expect { unshare -Ur id } prints "uid=0(root) gid=0(root) groups=0(root)"
expect { unshare -Ur cat /proc/self/setgroups } prints "deny"
expect { unshare -U id -u } prints "65534"
expect { unshare --map-user 5 id -u } prints "5"
expect { unshare --map-users 0:1000:10 --map-groups 0:1000:10 -S 3 -G 4 id -u } prints "3"
expect { unshare --map-users 1000,0,10 cat /proc/self/uid_map } matches /^ +0 +1000 +10$/
expect { unshare --map-users all cat /proc/self/uid_map } matches /^ +0 +0 +4294967295$/
expect { unshare -Ur --mount-proc --fork --pid readlink /proc/self } prints "1"
expect { setpriv --reuid 7 --clear-groups unshare -c id -u } prints "7"
expect { setpriv --reuid 7 unshare --map-users 0:1:9 id || echo refused } prints "refused"
