# ttyname(3): a terminal's name counts for who finds the same file by it, in any mount namespace
spawn --mount inner
expect { inner tty } prints "/dev/console"
inner mount -t tmpfs none /dev
expect { inner tty } fails ENODEV
expect { tty } prints "/dev/console"
