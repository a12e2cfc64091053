# propagate_mnt(): an unbindable mount cannot be bound, and recursive binds leave it out
mkdir /a /b
mount -t tmpfs none /a
mkdir /a/m
mount -t tmpfs none /a/m
mount --make-unbindable /a/m
expect { mount --bind /a/m /b } fails EINVAL
mount --rbind /a /b
expect { mountpoint -q /b/m } fails
expect { findmnt -n -o PROPAGATION /a/m } prints "private,unbindable"
