# mount_namespaces(7): what is mounted in one namespace is not seen in another
spawn --mount inner
inner { mount -t tmpfs none /mnt; echo inside > /mnt/file }
expect { inner cat /mnt/file } prints "inside"
expect { cat /mnt/file } fails ENOENT
expect { inner mountpoint /mnt }
expect { mountpoint -q /mnt } fails
