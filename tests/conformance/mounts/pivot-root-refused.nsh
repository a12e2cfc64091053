# pivot_root(2), ERRORS: what cannot become the root, and where the old one cannot go
mkdir /tmp/dir /tmp/dir/old /tmp/m; mount -t tmpfs m /tmp/m
mkdir /tmp/m/old /tmp/m/n; touch /tmp/file
expect { pivot_root /tmp/dir /tmp/dir/old } fails EBUSY
expect { pivot_root / /tmp/m } fails EBUSY
expect { pivot_root /tmp/m /tmp/dir } fails EBUSY
expect { pivot_root /tmp/m /proc } fails EINVAL
expect { pivot_root /tmp/m/n /tmp/m/old } fails EINVAL
expect { pivot_root /tmp/m /tmp/file } fails ENOTDIR
expect { pivot_root /tmp/file /tmp/m/old } fails ENOTDIR
expect { pivot_root /tmp/none /tmp/m/old } fails ENOENT
spawn nobody; nobody setuid 1000
expect { nobody pivot_root /tmp/none /tmp/none } fails EPERM
mount --make-shared /tmp/m
expect { pivot_root /tmp/m /tmp/m/old } fails EINVAL
mount -t tmpfs n /tmp/m/n; mkdir /tmp/m/n/old; mount --make-private /tmp/m/n
expect { pivot_root /tmp/m/n /tmp/m/n/old } fails EINVAL
mount --make-private /tmp/m
expect { ( chroot /tmp/m; pivot_root /n /n/old; ls / ) } prints old
spawn jailed; as jailed { chroot /tmp/dir; mount -t tmpfs d /old; mkdir /old/o }
expect { jailed pivot_root /old /old/o } fails EINVAL
