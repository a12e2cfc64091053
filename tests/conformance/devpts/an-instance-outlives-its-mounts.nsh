# devpts_release(), umount(2): an instance lives, with its numbers, while a terminal is open
mount -t devpts -o ptmxmode=666 none /mnt
openpty -p /mnt/ptmx
umount -l /mnt
echo hello >&4
expect { head -n 1 <&3 } matches /^hello\r?$/
expect { readlink /proc/self/fd/3 } prints "/ptmx"
expect { tty <&4 } fails ENODEV
