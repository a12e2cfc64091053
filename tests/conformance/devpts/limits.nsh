# pty(7), devpts_new_index(): ENOSPC at max of an instance, which 0 leaves to the machine
mount -t devpts -o ptmxmode=666,max=2 none /mnt
openpty -m -p /mnt/ptmx
openpty -p /mnt/ptmx
expect { openpty -p /mnt/ptmx } fails ENOSPC
exec 4<&-
expect { openpty -p /mnt/ptmx } fails ENOSPC
exec 5<&-
expect { openpty -m -n -p /mnt/ptmx } prints "/mnt/1"
mount -o remount,max=0,ptmxmode=666 /mnt
expect { openpty -m -n -p /mnt/ptmx } prints "/mnt/2"
