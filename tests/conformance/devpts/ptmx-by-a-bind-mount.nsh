# devpts_acquire(), path_connected(): a bound ptmx of an instance means it, a bound 5:2 nothing
mount -t devpts -o ptmxmode=666 none /mnt
mkdir /tmp/a /tmp/b
touch /tmp/a/ptmx /tmp/b/ptmx
mount --bind /mnt/ptmx /tmp/a/ptmx
expect { openpty -m -n -p /tmp/a/ptmx } prints "/tmp/a/0"
expect { ls /mnt } matches /^0\s+ptmx$/
expect { openpty -p /tmp/a/ptmx } fails ENOENT
mount --bind /dev/ptmx /tmp/b/ptmx
mkdir /tmp/b/pts
mount -t devpts none /tmp/b/pts
expect { openpty -p /tmp/b/ptmx } fails ENOENT
mkdir /tmp/c
mount --bind /dev /tmp/c
expect { openpty -p /tmp/c/ptmx } fails ENODEV
