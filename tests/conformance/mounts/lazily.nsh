# umount(2), MNT_DETACH: out of the tree at once, gone when nobody uses it any more
mount -t tmpfs none /mnt
echo text > /mnt/file
spawn user
user cd /mnt
umount --lazy /mnt
expect { cat /mnt/file } fails ENOENT
expect { user cat file } prints "text"
