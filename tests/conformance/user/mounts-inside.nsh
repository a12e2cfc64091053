# mount_namespaces(7): who mounts inside: tmpfs, proc and devpts; what was copied stays locked
spawn w
w setresgid 1000 1000 1000; w setuid 1000; w prctl dumpable 1
w unshare --user --mount --pid
as w echo '0 1000 1' > /proc/self/uid_map
as w echo deny > /proc/self/setgroups
as w echo '0 1000 1' > /proc/self/gid_map
w mount -t tmpfs none /tmp
w touch /tmp/x
expect { w stat -c %u /tmp /tmp/x } matches /^0\n0$/
expect { w mount -t devtmpfs none /tmp } fails EPERM
expect { w mount -t tmpfs -o uid=5 none /tmp } fails EINVAL
expect { w umount /dev/pts } fails EINVAL
w umount /tmp
