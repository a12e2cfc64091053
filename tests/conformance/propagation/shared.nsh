# mount_namespaces(7): what is mounted on one of a peer group appears on all of it
mkdir /a /b
mount -t tmpfs none /a
mount --make-shared /a
mount --bind /a /b
mkdir /a/sub
mount -t tmpfs none /a/sub
echo text > /a/sub/file
expect { cat /b/sub/file } prints "text"
expect { findmnt -n -o PROPAGATION /b/sub } prints "shared"
umount /b/sub
expect { mountpoint -q /a/sub } fails
