# mount(2), devpts_get_tree(): each mount of devpts is an instance, with newinstance or without
mkdir /mnt/a /mnt/b
mount -t devpts -o ptmxmode=666 devpts /mnt/a
mount -t devpts -o newinstance,ptmxmode=666 devpts /mnt/b
openpty -n -p /mnt/a/ptmx
openpty -n -p /mnt/a/ptmx
openpty -n -p /mnt/b/ptmx
openpty -n
expect { ls /mnt/a } matches /^0\s+1\s+ptmx$/
expect { ls /mnt/b } matches /^0\s+ptmx$/
expect { ls /dev/pts } matches /^0\s+ptmx$/
