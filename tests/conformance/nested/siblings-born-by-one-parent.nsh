# clone(2), CLONE_NEWPID: each makes a namespace of its own, and each child is 1 in there
spawn -n 3 --pid w
expect { w.1 getpid } matches /^1$/
expect { w.3 getpid } matches /^1$/
expect $(readlink /proc/2/ns/pid) != $(readlink /proc/3/ns/pid)
expect $(readlink /proc/3/ns/pid) != $(readlink /proc/4/ns/pid)
