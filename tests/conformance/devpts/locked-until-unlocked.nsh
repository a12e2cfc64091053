# unlockpt(3), pty_open(): EIO for a slave that is locked, and for one whose master was closed
openpty -l
expect { cat /dev/pts/0 } fails EIO
touch /tmp/bound
expect { openpty } prints "4 5 /dev/pts/1"
mount --bind /dev/pts/1 /tmp/bound
expect { tty < /tmp/bound } prints "/tmp/bound"
exec 4<&- 5<&-
expect { cat /tmp/bound } fails EIO
expect { stat -c '%h %i' /tmp/bound } prints "0 4"
