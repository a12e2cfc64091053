# notify_change(), inode_permission(): the file of a namespace is immutable, for its owner too
touch /tmp/x; mount --bind /proc/self/ns/uts /tmp/x
expect { touch /tmp/x } fails EPERM
expect { chmod 777 /tmp/x } fails EPERM
expect { chown 5 /tmp/x } fails EPERM
expect { echo x > /tmp/x } fails EPERM
spawn u; u setuid 5
expect { u touch /tmp/x } fails EPERM
expect { u open -m w /tmp/x } fails EPERM
expect { u open -m r /tmp/x } prints "3"
expect { setns /tmp/x uts }
