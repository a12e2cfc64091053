# ttyname(3): a terminal whose path leads nowhere any more is looked for in /dev/pts and /dev
spawn --mount old
unshare --mount
expect { old tty } prints "/dev/console"
old umount -l /proc
expect { old tty } prints "/dev/console"
openpty
mkdir /tmp/pts; mount --bind /dev/pts /tmp/pts
open /tmp/pts/0
expect { tty <&5 } prints "/tmp/pts/0"
umount -l /tmp/pts
expect { tty <&5 } prints "/dev/pts/0"
mount -t devpts none /tmp/pts
expect { tty <&5 } prints "/dev/pts/0"
mount -t tmpfs none /dev
expect { tty <&5 } fails ENODEV
