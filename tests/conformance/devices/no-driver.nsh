# mknod(2), open(2): a node may have any number; ENXIO where nothing drives it
mknod /tmp/c c 4095 1048575
mknod /tmp/b b 300 7
expect { stat -c '%t:%T %F' /tmp/c } prints "fff:fffff character special file"
expect { stat -c '%t:%T %F' /tmp/b } prints "12c:7 block special file"
expect { cat /tmp/c } fails ENXIO
expect { cat /tmp/b } fails ENXIO
expect { mknod /tmp/c c 1 3 } fails EEXIST
expect { mknod /tmp/d c 4096 1048576 } fails EINVAL
expect { mknod /tmp/none/d c 1 3 } fails ENOENT
expect { mknod /proc/null c 1 3 } fails ENOENT
mknod /tmp/fifo p
expect { stat -c '%F %t:%T' /tmp/fifo } prints "fifo 0:0"
