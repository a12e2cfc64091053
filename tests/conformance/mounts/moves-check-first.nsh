# mount(2): what cannot be moved at all is EINVAL, also to where nothing can be mounted any more
# since Linux 6.17
mount -t tmpfs none /tmp
cd /tmp
mkdir a b
echo > f
expect { mount --move b a } fails EINVAL
expect { mount --move b f } fails EINVAL
mount -t tmpfs none a
expect { mount --move a f } fails EINVAL
cd a
mkdir x y
umount -l /tmp/a
expect { mount --move x y } fails EINVAL
expect { mount --move . y } fails ENOENT
expect { mount -t tmpfs none y } fails ENOENT
