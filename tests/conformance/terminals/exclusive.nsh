# ioctl_tty(2), tty_reopen(): TIOCEXCL is a side's own, and root opens the terminal all the same
openpty
expect { ioctl 4 TIOCGEXCL } prints "0"
ioctl 4 TIOCEXCL
expect { ioctl 4 TIOCGEXCL } prints "1"
expect { ioctl 3 TIOCGEXCL } prints "0"
expect { tty < /dev/pts/0 } prints "/dev/pts/0"
ioctl 4 TIOCNXCL
expect { ioctl 4 TIOCGEXCL } prints "0"
ioctl 3 TIOCEXCL
expect { ioctl 3 TIOCGEXCL } prints "1"
expect { ioctl 0 TIOCGEXCL < /dev/null } fails ENOTTY
