# mounts_poll(), findmnt(8): what is mounted, moved, remounted and unmounted is told as it happens
mkdir /tmp/a /tmp/b
unshare --mount
spawn one
one findmnt --poll > /tmp/told &
spawn two
two findmnt --poll=move,umount -r -o ACTION,TARGET,OLD-TARGET,OLD-OPTIONS > /tmp/raw &
mount -t tmpfs some /tmp/a
mount -o remount,ro /tmp/a
mount --move /tmp/a /tmp/b
umount /tmp/b
expect { head -n 2 /tmp/told | tail -n 1 } prints "mount      /tmp/a some   tmpfs  rw,relatime"
expect { head -n 3 /tmp/told | tail -n 1 } prints "remount    /tmp/a some   tmpfs  ro,relatime"
expect { tail -n 2 /tmp/told | head -n 1 } prints "move       /tmp/b some   tmpfs  ro,relatime"
expect { tail -n 1 /tmp/told } prints "umount     /tmp/b some   tmpfs  ro,relatime"
expect { head -n 1 /tmp/told } prints "ACTION     TARGET SOURCE FSTYPE OPTIONS"
expect { head -n 2 /tmp/raw | tail -n 1 } prints "move /tmp/b /tmp/a ro,relatime"
expect { tail -n 1 /tmp/raw } prints "umount /tmp/b /tmp/b ro,relatime"
expect { findmnt --poll -w 0 } prints ""
