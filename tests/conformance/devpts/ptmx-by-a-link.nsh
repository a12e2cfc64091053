# devpts(5), path_resolution(7): a symbolic link to pts/ptmx, wherever it is, means that instance
mkdir /mnt/pts
mount -t devpts -o ptmxmode=666 none /mnt/pts
ln -s pts/ptmx /mnt/ptmx
expect { openpty -p /mnt/ptmx } prints "3 4 /mnt/pts/0"
expect { readlink /proc/self/fd/3 } prints "/mnt/pts/ptmx"
ln -s /dev/ptmx /mnt/other
expect { openpty -p /mnt/other } prints "5 6 /dev/pts/0"
