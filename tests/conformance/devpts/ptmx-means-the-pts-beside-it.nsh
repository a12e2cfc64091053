# devpts_acquire(), path_pts(): a node 5:2 means the devpts that is mounted on pts beside it
mkdir /mnt/one /mnt/two
mknod /mnt/one/ptmx c 5 2
expect { openpty -p /mnt/one/ptmx } fails ENOENT
mkdir /mnt/one/pts
expect { openpty -p /mnt/one/ptmx } fails ENODEV
mount -t devpts none /mnt/one/pts
expect { openpty -p /mnt/one/ptmx } prints "3 4 /mnt/one/pts/0"
ln -s /mnt/one/pts /mnt/two/pts
mknod /mnt/two/ptmx c 5 2
expect { openpty -p /mnt/two/ptmx } fails ENODEV
rm /mnt/two/pts
mkdir /mnt/two/pts
mount -t tmpfs none /mnt/two/pts
expect { openpty -p /mnt/two/ptmx } fails ENODEV
expect { ls /dev/pts } prints "ptmx"
