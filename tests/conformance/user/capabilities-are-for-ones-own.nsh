# user_namespaces(7): what one may do inside says nothing about what belongs to those outside
spawn --user w
expect { w hostname other } fails EPERM
expect { w mknod /tmp/null c 1 3 } fails EPERM
expect { w kill -0 1 } matches /^$/
spawn x
x setuid 1000
x unshare --user
expect { x kill -0 1 } fails EPERM
expect { x chroot / }
expect { x mount -t tmpfs none /tmp } fails EPERM
x unshare --mount
x mount -t tmpfs none /tmp
expect { x umount /proc } fails EINVAL
expect { x mount -t devtmpfs none /tmp } fails EPERM
x umount /tmp
