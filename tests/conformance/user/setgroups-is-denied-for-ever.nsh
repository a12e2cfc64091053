# user_namespaces(7): deny cannot be taken back, and comes before the gid_map; it is inherited
spawn --user w
expect { cat /proc/2/setgroups } prints "allow"
expect { echo perhaps > /proc/2/setgroups } fails EINVAL
expect { w setgroups } fails EPERM
echo deny > /proc/2/setgroups
expect { echo allow > /proc/2/setgroups } fails EPERM
echo '0 0 10' > /proc/2/uid_map; echo '0 0 10' > /proc/2/gid_map
expect { w setgroups 1 } fails EPERM
w unshare --user
expect { cat /proc/2/setgroups } prints "deny"
spawn --user x
echo '0 0 10' > /proc/3/gid_map
expect { echo deny > /proc/3/setgroups } fails EPERM
x setgroups 1 2
expect { x id -G } prints "0 1 2"
