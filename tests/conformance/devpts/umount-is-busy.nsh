# umount(2): EBUSY while a terminal is open by that mount, not while one is by a /dev/ptmx beside it
mkdir /mnt/pts /tmp/pts
mknod /mnt/ptmx c 5 2
mount -t devpts none /mnt/pts
mount -t devpts -o ptmxmode=666 none /tmp/pts
openpty -m -n -p /tmp/pts/ptmx
expect { umount /tmp/pts } fails EBUSY
openpty -n -p /mnt/ptmx
expect { umount /mnt/pts } fails EBUSY
exec 5<&-
umount /mnt/pts
expect { ls /mnt/pts } prints ""
