# may_change_propagation(): a mount of another namespace, for who administers that
# (as since Linux 6.18)
spawn --mount w; as w { mount -t tmpfs none /mnt; cd /mnt }
mount --make-shared /proc/2/cwd
expect { grep ' /mnt ' /proc/2/mountinfo } prints "shared:"
spawn u; as u { open -m r /; unshare --user --mount }
expect { u mount --make-shared /proc/self/fd/3 } fails EPERM
mount --make-private /proc/2/cwd
expect { grep ' /mnt ' /proc/2/mountinfo } prints "/mnt rw,relatime - tmpfs"
w umount -l /mnt
expect { mount --make-shared /proc/2/cwd } fails EINVAL
