# __tty_fasync(): who switches O_ASYNC on owns the file, but where there is a foreground group: that
spawn bg
bg setpgid 0 0
expect { bg fcntl 0 F_GETOWN } prints "0"
bg fcntl 0 F_SETFL O_ASYNC
expect { fcntl 0 F_GETOWN } prints "-1"
fcntl 0 F_SETOWN 2
bg fcntl 0 F_SETFL
bg fcntl 0 F_SETFL O_ASYNC
expect { fcntl 0 F_GETOWN } prints "2"
bg fcntl 0 F_SETFL
fcntl 0 F_SETOWN 0
expect { fcntl 0 F_GETOWN } prints "0"
