# mkdir(2), EOVERFLOW: whoever has no number where the file system was mounted makes nothing there
spawn --user w
echo '0 1000 10' > /proc/2/uid_map; echo '0 1000 10' > /proc/2/gid_map
w { setgid 0; setuid 0; unshare --mount; mount -t tmpfs -o mode=777 none /tmp }
expect { true > /proc/2/root/tmp/x } fails EOVERFLOW
expect { mkdir /proc/2/root/tmp/x } fails EOVERFLOW
w touch /tmp/y
expect { stat -c %u /proc/2/root/tmp/y } prints "1000"
chown 5 /proc/2/root/tmp/y
expect { w stat -c %u /tmp/y } prints "65534"
chown 1005 /proc/2/root/tmp/y
expect { w stat -c %u /tmp/y } prints "5"
w mknod /tmp/fifo p
expect { w mknod /tmp/null c 1 3 } fails EPERM
mknod /proc/2/root/tmp/null c 1 3 || true
