# user_namespaces(7): without CAP_SETUID outside, one line of one's own uid; of one's gid after deny
spawn w
w setgid 1000; w setuid 1000; w prctl dumpable 1
w unshare --user
expect { as w echo '0 1001 1' > /proc/self/uid_map } fails EPERM
expect { as w echo '0 1000 2' > /proc/self/uid_map } fails EPERM
as w echo '0 1000 1' > /proc/self/uid_map
expect { as w echo '0 1000 1' > /proc/self/gid_map } fails EPERM
as w echo deny > /proc/self/setgroups
as w echo '0 1000 1' > /proc/self/gid_map
expect { w id } prints "uid=0(root) gid=0(root) groups=0(root)"
expect { w setgroups 0 } fails EPERM
expect { w setuid 5 } fails EINVAL
