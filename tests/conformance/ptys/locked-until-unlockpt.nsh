# unlockpt(3): a slave cannot be opened before its master has unlocked it
openpty -l
expect { cat /dev/pts/0 } fails EIO
openpty -n
expect { echo fine > /dev/pts/1 } prints ""
