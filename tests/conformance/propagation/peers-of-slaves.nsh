# propagate_mnt(): a slave that is made shared tells its own peers what its master tells it
mkdir /a
mount -t tmpfs none /a
mount --make-shared /a
mkdir /a/m
spawn --mount inner
inner mount --make-slave /a
inner mount --make-shared /a
inner { spawn --mount innermost }
expect { innermost findmnt -n -o PROPAGATION /a } prints "shared,slave"
mount -t tmpfs none /a/m
expect { innermost mountpoint -q /a/m }
innermost umount /a/m
expect { inner mountpoint -q /a/m } fails
expect { mountpoint -q /a/m }
