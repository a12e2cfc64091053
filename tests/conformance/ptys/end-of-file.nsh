# termios(3), EOF: ends what is read without a newline; alone it is an end of file
openpty -n
printf 'half\004' >&3
expect { head -c 4 <&4 } prints "half"
printf '\004after\n' >&3
expect { cat <&4 } prints ""
expect { head -n 1 <&4 } prints "after"
