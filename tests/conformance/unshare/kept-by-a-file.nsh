# unshare(1), EXAMPLES: a file that the new namespace is mounted on keeps it though nobody is in it
touch /tmp/uts /tmp/pid /tmp/net; mkdir /tmp/ns; touch /tmp/ns/mnt
mount --bind /tmp/ns /tmp/ns; mount --make-private /tmp/ns
unshare --uts=/tmp/uts hostname FOO
expect { nsenter --uts=/tmp/uts hostname } prints FOO
expect { hostname } matches /^nsh$/
unshare --mount=/tmp/ns/mnt mount -t tmpfs inside /opt
expect { nsenter --mount=/tmp/ns/mnt cat /proc/mounts } prints 'inside /opt'
expect { grep -c /opt /proc/mounts } prints 0
expect { unshare --pid=/tmp/pid true } fails
unshare --pid=/tmp/pid --fork true
expect { nsenter --pid=/tmp/pid true } fails
expect { unshare --net=/tmp/net --map-root-user true } fails
umount /tmp/uts
expect { setns /tmp/uts } fails EINVAL
