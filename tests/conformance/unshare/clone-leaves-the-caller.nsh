# clone(2), CLONE_NEWUTS and others: the child starts in the new namespaces, the caller stays
before=$(readlink /proc/1/ns/uts)
spawn --uts --mount --pid child
for kind in uts mnt pid { expect $(readlink /proc/2/ns/$kind) != $(readlink /proc/1/ns/$kind) }
expect $(readlink /proc/1/ns/uts) == $before
expect { getpid } matches /^1$/
