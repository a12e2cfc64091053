# xattr_permission(): EPERM for an immutable file, before it is asked whether it keeps attributes
touch /tmp/ns
mount --bind /proc/self/ns/uts /tmp/ns
expect { setcap cap_kill=ep /tmp/ns } fails EPERM
expect { setcap -r /tmp/ns } fails EPERM
expect { getcap /tmp/ns }
expect { setcap cap_kill=ep /proc/version } fails ENOTSUP
