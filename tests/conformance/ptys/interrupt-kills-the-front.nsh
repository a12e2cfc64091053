# termios(3), ISIG and INTR: SIGINT to the group in the foreground of the slave, and to no other
openpty -n
spawn leader
leader setsid
as leader { cat < /dev/pts/0 } &
expect { cut -d ' ' -f 7,8 /proc/2/stat } prints "34816 2"
printf '\003' >&3
expect { waitpid 2 } prints "2 killed INT"
