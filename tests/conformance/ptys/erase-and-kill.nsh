# termios(3), ERASE and KILL: the line is edited before anybody reads it
openpty -n
printf 'wrong\025rigth\177\177ht\n' >&3
expect { head -n 1 <&4 } prints "right"
printf 'two words\027thing\n' >&3
expect { head -n 1 <&4 } prints "two thing"
