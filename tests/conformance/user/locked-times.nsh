# lock_mnt_tree(), MNT_LOCK_ATIME: which times are kept is not for another user namespace to change
mount -t tmpfs -o noatime x /mnt
spawn --user --mount u; echo 0 0 1 > /proc/2/uid_map; echo 0 0 1 > /proc/2/gid_map
u mount -o remount,bind,nosuid /mnt
expect { u mount -o remount,bind,relatime /mnt } fails EPERM
expect { u mount -o remount,bind,nodiratime,noatime /mnt } fails EPERM
u mount -o remount,bind,nosymfollow /mnt; u mount -o remount,bind,symfollow /mnt
u mount --bind /mnt /tmp
expect { u mount -o remount,bind,strictatime /tmp } fails EPERM
u mount -t tmpfs y /tmp
u mount -o remount,bind,noatime /tmp
expect { u grep 'y rw' /proc/self/mountinfo } prints "/tmp rw,noatime"
