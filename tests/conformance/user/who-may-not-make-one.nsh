# create_user_ns(): EPERM in a chroot, and for whom the namespace does not know
spawn w
mkdir /tmp/root
w chroot /tmp/root
expect { w unshare --user } fails EPERM
spawn x
x unshare --user
expect { x unshare --user } fails EPERM
echo '0 0 1' > /proc/3/uid_map
expect { x unshare --user } fails EPERM
echo '0 0 1' > /proc/3/gid_map
x unshare --user
