# mount_namespaces(7): a new mount namespace begins as a copy of its maker's
mount -t tmpfs none /mnt
echo text > /mnt/file
spawn --mount inner
umount /mnt
expect { cat /mnt/file } fails ENOENT
expect { inner cat /mnt/file } prints "text"
