# cap_convert_nscap(): to set or remove them takes CAP_SETFCAP, and a file system with such
mount -t tmpfs none /mnt; touch /mnt/f; chown 1000 /mnt/f; spawn w; w setresuid 1000 1000 1000
expect { setcap -r /mnt/f } fails ENODATA
expect { w setcap cap_kill=ep /mnt/f } fails EPERM
setcap cap_kill=ep /mnt/f
expect { w getcap /mnt/f } prints "/mnt/f cap_kill=ep"
expect { w setcap -r /mnt/f } fails EPERM
expect { setcap cap_kill=ep /proc/version } fails ENOTSUP
expect { w setcap -r /proc/version } fails EPERM
mount -o remount,bind,ro /mnt
expect { w setcap -r /mnt/f } fails EROFS
mount -o remount,bind,rw /mnt
setcap -n 1000 cap_kill=ep /mnt/f; setcap -v -n 1000 cap_kill=ep /mnt/f
expect { getcap -n /mnt/f } prints "/mnt/f cap_kill=ep [rootid=1000]"
setcap -r /mnt/f
expect { getcap /mnt/f } prints ""
