# fcntl(2), n_tty_receive_handle_newline(): SIGIO at the end of a line, not while it is typed
openpty
expect { fcntl 4 F_GETOWN } prints "0"
trap IO { echo told >> log }
fcntl 4 F_SETFL O_ASYNC
expect { fcntl 4 F_GETFL } prints "O_RDWR O_ASYNC"
expect { fcntl 4 F_GETOWN } prints "1"
printf 'ab' >&3
expect { test -e log } fails
printf 'c\n' >&3
expect { head -n 1 <&4 } prints "abc"
expect { cat log } prints "told"
printf '\004' >&3
expect { head -c 1 <&4 } prints ""
expect { wc -l < log } prints "2"
stty -icanon <&4
printf 'd' >&3
expect { head -c 1 <&4 } prints "d"
expect { wc -l < log } prints "3"
fcntl 4 F_SETFL
printf 'e' >&3
expect { wc -l < log } prints "3"
expect { fcntl 4 F_GETOWN } prints "1"
