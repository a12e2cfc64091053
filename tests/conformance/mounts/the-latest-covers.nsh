# mount(2): a mount covers what was there, umount brings it back
echo below > /mnt/file
mount -t tmpfs none /mnt
expect { cat /mnt/file } fails ENOENT
echo above > /mnt/file
umount /mnt
expect { cat /mnt/file } prints "below"
