# copy_tree(): what hangs in a directory moved out of a bound tree is in the copy of a mount
# namespace all the same; in that of the tree itself, whose top it does not hang below, it is not
mkdir -p /tmp/a/b/c /tmp/m /tmp/q
mount --bind /tmp/a /tmp/m
mount -t tmpfs none /tmp/m/b/c
mv /tmp/a/b /tmp/b
spawn --mount x
expect { x umount /tmp/m } fails EBUSY
mount --rbind /tmp/m /tmp/q
expect { umount /tmp/q }
mv /tmp/b /tmp/a/b
expect { x umount /tmp/m/b/c }
expect { x umount /tmp/m }
