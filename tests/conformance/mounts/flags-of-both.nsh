# mount(2): flags of times and links are each mount's own, sync and its like the file system's
mkdir /tmp/a /tmp/b
mount -t tmpfs -o noatime,sync,lazytime x /tmp/a
mount -o bind,nodiratime /tmp/a /tmp/b
expect { findmnt -no OPTIONS /tmp/a } prints "rw,noatime,sync,lazytime"
expect { grep /tmp/b /proc/self/mountinfo } prints "rw,nodiratime,relatime - tmpfs x rw,sync"
mount -o remount,bind,nosuid /tmp/b
expect { grep /tmp/b /proc/self/mountinfo } prints "/tmp/b rw,nosuid,nodiratime,relatime"
mount -o remount,strictatime,async,dirsync /tmp/a
expect { grep /tmp/a /proc/self/mountinfo } prints "/tmp/a rw - tmpfs x rw,lazytime"
mount -t tmpfs dirsync,mand /tmp/a -o dirsync,mand,nomand
expect { grep dirsync, /proc/self/mountinfo } prints "tmpfs dirsync,mand rw,dirsync"
