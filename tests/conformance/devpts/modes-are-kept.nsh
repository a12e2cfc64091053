# chmod(2), simple_setattr(): modes of terminals, of ptmx and of the root can be changed
openpty
chmod 600 /dev/pts/0
chmod 660 /dev/pts/ptmx
chmod 700 /dev/pts
expect { stat -c '%a' /dev/pts /dev/pts/0 /dev/pts/ptmx } matches /^700\n600\n660$/
exec 3<&- 4<&-
openpty
expect { stat -c '%a %U %G' /dev/pts/0 } prints "620 root tty"
