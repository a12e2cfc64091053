# fcntl_locking(2): a process loses its locks on a file when it closes any descriptor of it
open -c /tmp/f
setlk write 3
exec 4< /tmp/f
expect { cat /proc/self/fdinfo/3 } matches /^lock:.*POSIX/
exec 4<&-
expect { grep lock /proc/self/fdinfo/3 } fails
setlk write 3
exec 5<&3
exec 5<&-
expect { grep lock /proc/self/fdinfo/3 } fails
setlk write 3
ln /tmp/f /tmp/g
exec 6< /tmp/g
exec 6<&-
expect { grep lock /proc/self/fdinfo/3 } fails
