# namespaces(7): a mount namespace's file cannot be bound where others are told of it
mkdir /a
mount -t tmpfs none /a
touch /a/file
spawn --mount inner
mount --bind /proc/2/ns/mnt /a/file
umount /a/file
mount --make-shared /a
mount --bind /a /mnt
expect { mount --bind /proc/2/ns/mnt /a/file } fails EINVAL
