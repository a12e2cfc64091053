# devpts(5), stat(2): inode 1 is the root, 2 ptmx, 3 slave 0; a slave's device is 136:index
mount -t devpts -o ptmxmode=444 none /mnt
openpty -m -p /mnt/ptmx
openpty -m -p /mnt/ptmx
expect { stat -c '%i %h %a %F' /mnt } prints "1 2 755 directory"
expect { stat -c '%i %h %a %t:%T' /mnt/ptmx } prints "2 1 444 5:2"
expect { stat -c '%i %h %a %t:%T %s' /mnt/0 } prints "3 1 600 88:0 0"
expect { stat -c '%i %h %a %t:%T %F' /mnt/1 } prints "4 1 600 88:1 character special file"
expect { stat -L -c '%i %t:%T' /proc/self/fd/3 } prints "2 5:2"
expect { stat -c '%n %a %t:%T' /dev/ptmx } prints "/dev/ptmx 666 5:2"
