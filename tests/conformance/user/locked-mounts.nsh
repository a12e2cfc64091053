# mount_namespaces(7), restrictions: mounts of a more privileged namespace come locked, as one unit
mkdir /tmp/ro; mount -t tmpfs -o ro none /tmp/ro
spawn w
w unshare --user --mount
expect { w umount /proc } fails EINVAL
expect { w umount /tmp/ro } fails EINVAL
expect { w mount -o remount,rw,bind none /tmp/ro } fails EPERM
expect { w mount -o remount,rw none /tmp/ro } fails EPERM
expect { w mount --bind / /mnt } fails EINVAL
w mount --rbind / /mnt
w mount --bind /tmp/ro /tmp
w umount /tmp
