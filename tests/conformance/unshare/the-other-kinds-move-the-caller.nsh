# unshare(2): a new uts or mount namespace is the caller's at once
spawn mover
mover unshare --uts
expect $(readlink /proc/2/ns/uts) != $(readlink /proc/1/ns/uts)
mover unshare --mount
expect $(readlink /proc/2/ns/mnt) != $(readlink /proc/1/ns/mnt)
expect $(readlink /proc/2/ns/pid) == $(readlink /proc/1/ns/pid)
