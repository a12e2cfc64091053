# mount_namespaces(7): mounts of a more privileged namespace are locked, but for the old root
mkdir /tmp/m; mount -t tmpfs m /tmp/m; mkdir /tmp/m/old /mnt/x
spawn --user --mount box; echo 0 0 1 > /proc/$!/uid_map; echo 0 0 1 > /proc/$!/gid_map
expect { box pivot_root /tmp/m /tmp/m/old } fails EINVAL
as box { mount -t tmpfs new /mnt; mkdir /mnt/old; pivot_root /mnt /mnt/old }
expect { box umount -l /old/dev } fails EINVAL
box umount -l /old
expect { box ls /old } prints ''
expect { ls /mnt } matches /^x$/
