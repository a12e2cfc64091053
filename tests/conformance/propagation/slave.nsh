# mount_namespaces(7): a slave is told what its master is told, and tells nobody
mkdir /a
mount -t tmpfs none /a
mount --make-shared /a
mkdir /a/out /a/in
spawn --mount inner
inner mount --make-slave /a
mount -t tmpfs none /a/out
inner mount -t tmpfs none /a/in
expect { inner mountpoint -q /a/out }
expect { mountpoint -q /a/in } fails
expect { inner findmnt -n -o PROPAGATION /a } prints "private,slave"
