# nsenter(1): into a user namespace one goes as its root, unless ids are given or preserved
spawn w
w unshare --user --uts
echo '0 1000 10' > /proc/2/uid_map; echo '0 1000 10' > /proc/2/gid_map
w hostname inside
expect { nsenter -t 2 -U id } prints "uid=0(root) gid=0(root) groups=0(root)"
expect { nsenter -t 2 -U -u hostname } prints "inside"
expect { nsenter -t 2 -U --preserve-credentials id -u } prints "65534"
expect { nsenter -t 2 -U -S 5 -G 6 id -g } prints "6"
expect { nsenter -t 2 -a hostname } prints "inside"
setpriv --reuid 1000 --clear-groups touch /tmp/x
expect { nsenter -t 2 -U stat -c %u /tmp/x } prints "0"
expect { setpriv --reuid 5 nsenter -t 2 -U id || echo refused } prints "refused"
