# mount(2): what is mounted over the file of a namespace leaves it as it is
mount -t tmpfs none /tmp
echo > /tmp/ns
echo told > /tmp/f
mount --bind /proc/self/ns/uts /tmp/ns
mount --bind /tmp/f /tmp/ns
expect { cat /tmp/ns } matches /^told$/
umount /tmp/ns
expect { readlink /proc/self/ns/uts } matches /^uts:/
expect { nsenter --uts=/tmp/ns true }
umount /tmp/ns
expect { cat /tmp/ns } matches /^$/
