# mount(2), MS_NODEV: EACCES also for ptmx and slaves of an instance that is mounted so
mount -t devpts -o nodev,ptmxmode=666 none /mnt
expect { openpty -p /mnt/ptmx } fails EACCES
mount -o remount,bind,dev /mnt
openpty -n -p /mnt/ptmx
mount -o remount,bind,nodev /mnt
expect { cat /mnt/0 } fails EACCES
