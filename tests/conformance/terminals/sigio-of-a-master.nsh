# fcntl(2), kill_fasync(): who has the master is told of what the slave shows, and of echoes
openpty
trap IO { echo told >> log }
fcntl 3 F_SETFL O_ASYNC
printf 'out' >&4
expect { head -c 3 <&3 } prints "out"
expect { wc -l < log } prints "1"
printf 'echo' >&3
expect { head -c 4 <&3 } prints "echo"
expect { wc -l < log } prints "2"
stty -echo <&4
printf 'none' >&3
expect { wc -l < log } prints "2"
