# mount(2), MS_BIND; proc_sys(5): a read-only bind of /proc/sys refuses writes (EROFS) and shows on
spawn --mount --uts a
a mount --bind /proc/sys /proc/sys
a mount -o remount,bind,ro /proc/sys
expect { a { echo x > /proc/sys/kernel/hostname } } fails EROFS
a hostname inner
expect { a cat /proc/sys/kernel/hostname } prints "inner"
hostname outer
expect { cat /proc/sys/kernel/hostname } prints "outer"
a umount /proc/sys
a { echo again > /proc/sys/kernel/hostname }
expect { a hostname } prints "again"
