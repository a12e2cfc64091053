# vfs_unlink(): where a file system cannot remove, that is said before that something is mounted
touch /tmp/f; mkdir /tmp/d
mount --bind /tmp/f /dev/pts/ptmx
expect { rm /dev/pts/ptmx } fails EPERM
mount --bind /tmp/f /proc/version
expect { rm /proc/version } fails EPERM
mount -t tmpfs none /proc/sysvipc
expect { rmdir /proc/sysvipc } fails EPERM
expect { mv /proc/version /proc/uptime } fails EPERM
touch /tmp/g; mount --bind /tmp/f /tmp/g
expect { rm /tmp/g } fails EBUSY
