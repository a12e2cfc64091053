# proc_sys_permission(): nobody writes a directory of settings, whatever capabilities they have
expect { rm /proc/sys/kernel/hostname } fails EACCES
expect { rmdir /proc/sys/kernel } fails EACCES
expect { mv /proc/sys/kernel/hostname /proc/sys/kernel/domainname } fails EACCES
expect { rmdir /proc/sys } fails EPERM
expect { rm /proc/version } fails EPERM
