# devpts(5), simple_dir_inode_operations(): EPERM; EACCES for a file, EXDEV for other file systems
openpty -m
expect { rm /dev/pts/0 } fails EPERM
expect { rm -f /dev/pts/ptmx } fails EPERM
expect { rmdir /dev/pts/0 } fails ENOTDIR
expect { mkdir /dev/pts/d } fails EPERM
expect { mkdir /dev/pts/0 } fails EEXIST
expect { mkfifo /dev/pts/f } fails EPERM
expect { mknod /dev/pts/7 c 136 7 } fails EPERM
expect { ln -s /tmp /dev/pts/l } fails EPERM
expect { ln /dev/pts/0 /dev/pts/1 } fails EPERM
expect { mv /dev/pts/0 /dev/pts/1 } fails EPERM
expect { echo > /dev/pts/file } fails EACCES
expect { ln /dev/pts/0 /tmp/0 } fails EXDEV
expect { cat /dev/pts/00 } fails ENOENT
expect { cat /dev/pts/7 } fails ENOENT
expect { ls /dev/pts } matches /^0\s+ptmx$/
