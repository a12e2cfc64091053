# __do_loopback(): a bind with all below takes files of mount namespaces along; others get none
touch /tmp/n
mkdir /tmp/to
spawn --mount m
mount --bind /proc/$!/ns/mnt /tmp/n
mount --rbind /tmp /mnt
expect { grep -c ' /mnt/n ' /proc/self/mountinfo } prints "1"
spawn --mount late
expect { late grep -c nsfs /proc/self/mountinfo } fails
umount /mnt/n
mount --make-shared /tmp/to || mount --bind /tmp/to /tmp/to
mount --make-shared /tmp/to
mkdir /tmp/to/in
mount --rbind /tmp/n /mnt/n
expect { grep -c ' /mnt/n ' /proc/self/mountinfo } prints "1"
