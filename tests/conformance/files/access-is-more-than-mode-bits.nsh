# faccessat(2), AT_EACCESS: users, capabilities, mounts and types of files say what may be done
mkdir -p /tmp/d /tmp/e
echo x > /tmp/d/f
chmod 640 /tmp/d/f
mknod /tmp/d/null c 1 3
mount --bind /tmp/d /tmp/e
mount -o remount,bind,ro,noexec /tmp/e
spawn u
u setresuid 1000 1000 1000
spawn --user n
expect { test -w /tmp/d/f }
expect { test -w /tmp/e/f } fails
expect { test -w /tmp/e } fails
expect { test -w /tmp/e/null }
expect { test -x /tmp/d/f } fails
chmod 755 /tmp/d/f
expect { test -x /tmp/d/f }
expect { test -x /tmp/e/f } fails
expect { u { test -w /tmp/d/f } } fails
expect { u { test -x /tmp/d/f } }
expect { n { test -w /tmp/d/f } }
expect { test -w /proc/sys } fails
expect { n { test -w /proc/sys/kernel/hostname } }
