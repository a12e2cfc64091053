# proc_self_get_link(): no /proc/self for a reader who has no number in the mount's namespace
spawn --pid inner
inner mount -t proc proc /mnt
expect { readlink /mnt/self } fails ENOENT
expect { readlink /mnt/thread-self } fails ENOENT
expect { inner readlink /mnt/self } matches /^1$/
expect { inner readlink /proc/self } matches /^2$/
