# tty_set_ldisc(): EINVAL for none; else who waits in a read has to let go of the old one: EAGAIN
openpty
expect { ioctl 4 TIOCGETD } prints "0"
expect { ioctl 3 TIOCGETD } prints "0"
expect { ioctl 4 TIOCSETD 1 } fails EINVAL
expect { ioctl 4 TIOCSETD -1 } fails EINVAL
spawn reader
as reader { read line <&4 || echo "given up" > note } &
ioctl 4 TIOCSETD 31 || true
expect { test -e note } fails
ioctl 4 TIOCSETD 0
wait -n || true
expect { cat note } prints "given up"
