# fcntl_locking(2), errors: EBADF for the access mode or O_PATH; F_GETLK asks about locks only
open -c /tmp/f
exec 4< /tmp/f
exec 5> /tmp/f
expect { setlk write 4 } fails EBADF
setlk read 4
setlk unlock 4
expect { setlk read 5 } fails EBADF
setlk write 5
expect { getlk write 4 } prints "unlock"
expect { getlk unlock 3 } fails EINVAL
expect { setlk write 99 } fails EBADF
open --path /tmp/f
expect { setlk read 6 } fails EBADF
expect { flock -s 6 } fails EBADF
