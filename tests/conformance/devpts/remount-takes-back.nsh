# mount(2), devpts_reconfigure(): a remount sets anew all options, also those that it does not name
mount -t tmpfs none /mnt
mkdir /mnt/proc /mnt/a
mount -t proc proc /mnt/proc
mount -t devpts -o mode=620,gid=5,max=3,ptmxmode=666 none /mnt/a
openpty -n -p /mnt/a/ptmx
chmod 640 /mnt/a/ptmx
mount -o remount,mode=640 /mnt/a
spawn inside
inside chroot /mnt
expect { inside grep /a /proc/mounts } prints "none /a devpts rw,relatime,mode=640,ptmxmode=000 0 0"
expect { stat -c '%a' /mnt/a/ptmx } prints "0"
expect { stat -c '%a %g' /mnt/a/0 } prints "620 5"
openpty -n -p /mnt/a/ptmx
expect { stat -c '%a %g' /mnt/a/1 } prints "640 0"
expect { mount -o remount,bogus /mnt/a } fails EINVAL
