# mounts_open_common(): an open /proc/PID/mounts is of the namespace and root that PID had then
mkdir /tmp/a
mount --make-shared /
spawn w
open -m r /proc/2/mounts > /dev/null
w unshare --mount --propagation slave
open -m r /proc/2/mounts > /dev/null
open -m r /proc/2/mountstats > /dev/null
mount -t tmpfs first /tmp/a
expect { poll -t 0 3:PRI 4:PRI } matches /^3: POLLPRI POLLERR\n4: POLLPRI POLLERR$/
expect { poll -t 0 5:PRI,OUT } prints "5: POLLOUT"
w mount -t tmpfs second /tmp/a
expect { poll -t 0 3:PRI 4:PRI } prints "4: POLLPRI POLLERR"
umount /tmp/a
expect { poll -t 0 3:PRI 4:PRI } prints "3: POLLPRI POLLERR"
w chroot /tmp/a
open -m r /proc/2/mounts > /dev/null
w exit
waitpid > /dev/null
expect { cat <&6 } prints "second / tmpfs rw,relatime 0 0"
