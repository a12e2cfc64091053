# ttyname(3): ENODEV where the path by which it was opened leads elsewhere now, or nowhere
openpty
expect { tty <&4 } prints "/dev/pts/0"
spawn --mount web
web mount -t devpts -o ptmxmode=666 devpts /dev/pts
expect { web tty <&4 } fails ENODEV
web openpty -n
expect { web tty <&4 } fails ENODEV
expect { tty <&4 } prints "/dev/pts/0"
