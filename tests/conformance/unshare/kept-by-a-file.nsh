# unshare(1), EXAMPLES: a file that the new namespace is mounted on keeps it though nobody is in it
touch /tmp/uts /tmp/pid /tmp/net; mkdir /tmp/ns; touch /tmp/ns/mnt
mount --bind /tmp/ns /tmp/ns; mount --make-private /tmp/ns
unshare --uts=/tmp/uts hostname FOO
expect { nsenter --uts=/tmp/uts hostname } prints FOO
expect { hostname } matches /^nsh$/
unshare --mount=/tmp/ns/mnt nsh -c 'mount -t tmpfs inside /opt; touch /opt/file'
expect { nsenter --mount=/tmp/ns/mnt ls /opt } prints file
expect { test -e /opt/file } fails
expect { unshare --pid=/tmp/pid true } fails
unshare --pid=/tmp/pid --fork true
expect { nsenter --pid=/tmp/pid true } fails
expect { unshare --net=/tmp/net --map-root-user true } fails
umount /tmp/uts
expect { setns /tmp/uts } fails EINVAL
