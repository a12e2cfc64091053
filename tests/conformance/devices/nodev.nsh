# mount(2), MS_NODEV: EACCES for opening a device on such a mount, which only its mounts decide
mount -t tmpfs -o nodev none /mnt
mknod /mnt/null c 1 3
mknod /mnt/disk b 300 0
expect { cat /mnt/null } fails EACCES
expect { cat /mnt/disk } fails EACCES
mkdir /tmp/there
mount --bind /mnt /tmp/there
mount -o remount,bind,dev /tmp/there
expect { cat /tmp/there/null } prints ""
expect { cat /mnt/null } fails EACCES
