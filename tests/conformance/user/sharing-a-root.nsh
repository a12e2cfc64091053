# unshare(2), CLONE_NEWUSER implies CLONE_FS; setns(2): EINVAL while the root is shared
spawn --user w
spawn p
p clone2 -n q FS
expect { p setns /proc/2/ns/user } fails EINVAL
expect { p clone2 -n r NEWUSER FS } fails EINVAL
p unshare --user
expect { p setns /proc/2/ns/user } fails EACCES
expect { q setns /proc/2/ns/user }
