# mounts_poll(): an open /proc/PID/mounts can be read at any time, and tells once of each change
mkdir /tmp/a /tmp/b
unshare --mount
open -m r /proc/self/mounts > /dev/null
open -m r /proc/self/mountinfo > /dev/null
expect { poll -t 0 3:PRI 4:PRI } prints ""
expect { poll 3:IN,OUT,PRI } prints "3: POLLIN"
mount -t tmpfs one /tmp/a
expect { poll -t 0 3:IN,PRI 4:IN } matches /^3: POLLIN POLLPRI POLLERR\n4: POLLIN POLLERR$/
expect { poll -t 0 3:PRI 4:PRI } prints ""
mount -o remount,ro /tmp/a
expect { poll -t 0 3:PRI } prints "3: POLLPRI POLLERR"
mount --bind /tmp/a /tmp/b
expect { poll -t 0 3:PRI } prints "3: POLLPRI POLLERR"
mount -o remount,bind,rw /tmp/b
expect { poll -t 0 3:PRI } prints "3: POLLPRI POLLERR"
mount --make-shared /tmp/b
expect { poll -t 0 3:PRI } prints ""
mount --move /tmp/b /mnt
expect { poll -t 0 3:PRI } prints "3: POLLPRI POLLERR"
spawn waits
waits poll 3:PRI > /tmp/told &
umount -l /tmp/a
expect { cat /tmp/told } prints "3: POLLPRI POLLERR"
