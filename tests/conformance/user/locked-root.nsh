# lock_mnt_tree(): the root of a mount namespace of another user namespace is locked like the rest
spawn --user --mount u; echo 0 0 1 > /proc/2/uid_map; echo 0 0 1 > /proc/2/gid_map
expect { u umount / } fails EINVAL
expect { u umount -l / } fails EINVAL
expect { u pivot_root / /tmp } fails EINVAL
expect { u mount --move / /mnt } fails EINVAL
as u { mount -t tmpfs none /mnt; mkdir /mnt/old; pivot_root /mnt /mnt/old }
expect { u pivot_root / /old } fails EINVAL
expect { u umount -l / } fails EINVAL
u umount -l /old
spawn --mount root
expect { root pivot_root / /tmp } fails EBUSY
