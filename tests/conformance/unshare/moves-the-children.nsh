# unshare(2), CLONE_NEWPID: the caller keeps its pid for life; its next children are born in there
before=$(readlink /proc/self/ns/pid)
spawn mover
mover unshare --pid
expect { mover getpid } prints "2"
expect $(mover readlink /proc/self/ns/pid) == $before
mover spawn first
mover spawn second
expect { first getpid } matches /^1$/
expect { second getpid } matches /^2$/
expect $(readlink /proc/3/ns/pid) != $before
