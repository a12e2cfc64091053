# mount(2), umount(2), errors: EINVAL for no mount point, EBUSY for one in use, ENODEV for no type
mkdir /tmp/dir
expect { umount /tmp/dir } fails EINVAL
expect { mount -t nothing none /mnt } fails ENODEV
expect { mount -t tmpfs none /nowhere } fails ENOENT
echo text > /tmp/file
expect { mount -t tmpfs none /tmp/file } fails ENOTDIR
mount -t tmpfs none /mnt
cd /mnt
expect { umount /mnt } fails EBUSY
cd /
expect { umount /mnt }
