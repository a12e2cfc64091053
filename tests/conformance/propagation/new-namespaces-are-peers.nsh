# mount_namespaces(7): the mounts of a new namespace are peers of those that were copied
mkdir /a
mount -t tmpfs none /a
mount --make-shared /a
mkdir /a/m
spawn --mount inner
inner mount -t tmpfs none /a/m
expect { mountpoint -q /a/m }
umount /a/m
expect { inner mountpoint -q /a/m } fails
