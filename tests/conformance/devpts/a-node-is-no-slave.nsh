# pts_unix98_lookup(), mknod(2): EIO for a node 136:0 elsewhere, in whichever directory it is
openpty -m
mknod /tmp/slave c 136 0
mknod /tmp/none c 136 77
mknod /tmp/master c 128 0
expect { cat /tmp/slave } fails EIO
expect { cat /tmp/none } fails EIO
expect { cat /tmp/master } fails EIO
touch /tmp/bound
mount --bind /dev/pts/0 /tmp/bound
expect { tty < /tmp/bound } prints "/tmp/bound"
