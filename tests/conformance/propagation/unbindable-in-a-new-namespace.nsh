# copy_tree(): since Linux 6.17 the copies in a new namespace can be bound
mkdir /a /b
mount -t tmpfs none /a
mount --make-unbindable /a
spawn --mount inner
expect { mount --bind /a /b } fails EINVAL
inner mount --bind /a /b
expect { inner findmnt -n -o PROPAGATION /a } prints "private"
