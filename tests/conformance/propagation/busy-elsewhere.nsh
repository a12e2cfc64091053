# umount(2): EBUSY also if the copy that would go with it is in use in another namespace
mkdir /a
mount -t tmpfs none /a
mount --make-shared /a
mkdir /a/m
spawn --mount inner
mount -t tmpfs none /a/m
inner cd /a/m
expect { umount /a/m } fails EBUSY
inner cd /
umount /a/m
expect { inner mountpoint -q /a/m } fails
