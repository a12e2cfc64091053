# devpts_fill_super(), user_namespaces(7): an instance of one's own; gid= has to be mapped
spawn w
w setgroups; w setgid 1000; w setuid 1000; w prctl dumpable 1
w unshare --user --mount
as w echo '0 1000 1' > /proc/self/uid_map
as w echo deny > /proc/self/setgroups
as w echo '0 1000 1' > /proc/self/gid_map
expect { w mount -t devpts -o newinstance,gid=5 none /mnt } fails EINVAL
w mount -t devpts -o newinstance,ptmxmode=666,gid=0 none /mnt
expect { w stat -c '%u %g' /mnt /mnt/ptmx } matches /^0 0\n0 0$/
w openpty -p /mnt/ptmx
expect { w stat -c '%u %g' /mnt/0 } prints "0 0"
expect { stat -c '%u %g' /proc/2/root/mnt/0 } prints "1000 1000"
w chown 0:0 /mnt/0
expect { w chown 1:1 /mnt/0 } fails EINVAL
w chmod 700 /mnt
