# mount_namespaces(7): a private mount tells nobody, and is told nothing
mkdir /a
mount -t tmpfs none /a
mount --make-shared /a
mkdir /a/m
spawn --mount inner
inner mount --make-private /a
mount -t tmpfs none /a/m
expect { inner mountpoint -q /a/m } fails
expect { findmnt -n -o PROPAGATION /a } prints "shared"
expect { inner findmnt -n -o PROPAGATION /a } prints "private"
