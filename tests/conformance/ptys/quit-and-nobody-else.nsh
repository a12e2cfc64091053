# termios(3), QUIT: SIGQUIT; without a foreground group nobody gets it
openpty -n
printf 'lost\034kept\n' >&3
expect { head -n 1 <&4 } prints "kept"
