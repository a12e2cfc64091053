# propagate_umount(): what covers a copy that goes hangs where that hung
mkdir /a /b
mount -t tmpfs none /a
mount --make-shared /a
mount --bind /a /b
mkdir /a/m
mount -t tmpfs none /a/m
mount --make-private /b/m
mount -t tmpfs none /b/m
echo stays > /b/m/file
umount /a/m
expect { cat /b/m/file } prints "stays"
umount /b/m
expect { mountpoint -q /b/m } fails
