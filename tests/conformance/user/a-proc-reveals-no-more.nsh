# mnt_already_visible(): a new proc is as restricted as one that is in sight, and stays so
mkdir /p; spawn a; a unshare --mount; a mount -o remount,bind,ro,noatime /proc
a spawn --user --pid --mount b; echo 0 0 1 > /proc/3/uid_map; echo 0 0 1 > /proc/3/gid_map
expect { b mount -t proc none /p } fails EPERM
expect { b mount -t proc -o ro none /p } fails EPERM
expect { b mount -t proc -o noatime none /p } fails EPERM
b mount -t proc -o ro,noatime,nosuid none /p
expect { b mount -o remount,bind,rw,noatime /p } fails EPERM
expect { b mount -o remount,bind,ro,relatime /p } fails EPERM
b mount -o remount,bind,ro,noatime,suid /p
