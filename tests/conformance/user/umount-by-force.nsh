# can_umount(): MNT_FORCE takes CAP_SYS_ADMIN over the file system, and not the mounts alone
mkdir /tmp/bound /tmp/own /tmp/again
spawn --user --mount inner
echo "0 0 1" > /proc/2/uid_map; echo "0 0 1" > /proc/2/gid_map
inner mount --bind /tmp /tmp/bound
inner mount -t tmpfs none /tmp/own
expect { inner umount -f /tmp/bound } fails EPERM
inner spawn --user --mount further
further mount --bind /tmp/own /tmp/again
expect { further umount -f /tmp/own } fails EINVAL
expect { further umount -f /tmp/again } fails EPERM
expect { inner umount -f /tmp/own }
