# proc(5): no file can be made in it or removed from it, not by root either
spawn child
expect { mkdir /proc/x } fails ENOENT
expect { mkdir /proc/2/x } fails ENOENT
expect { rmdir /proc/2 } fails EPERM
expect { rm /proc/2/status } fails EPERM
expect { ln -s a /proc/x } fails ENOENT
