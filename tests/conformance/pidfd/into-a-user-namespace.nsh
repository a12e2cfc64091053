# setns(2), CLONE_NEWUSER with others: asked for with the credentials from before
# (as since Linux 6.18)
spawn --user --uts owned
pidfd open owned
spawn --uts theirs
pidfd open theirs
spawn visitor
visitor setns -P 3 user,uts
expect $(readlink /proc/4/ns/user) == $(readlink /proc/2/ns/user)
expect $(readlink /proc/4/ns/uts) == $(readlink /proc/2/ns/uts)
expect { visitor setns -P 4 uts } fails EPERM
expect { visitor setns -P 3 user,uts } fails EINVAL
spawn user
user setuid 65534
expect { user setns -P 3 user,uts } fails EPERM
expect { user setns -P 3 user } fails EPERM
