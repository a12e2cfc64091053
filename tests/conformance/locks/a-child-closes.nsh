# fcntl_locking(2): what a child closes, or its end, takes nothing from the parent's locks
open -c /tmp/f
setlk write 3
flock -s 3
spawn a
a exec 3<&-
expect { cat /proc/self/fdinfo/3 } matches /^lock:\t1: FLOCK .*\nlock:\t2: POSIX /
spawn b
b exit
wait $!
expect { cat /proc/self/fdinfo/3 } matches /^lock:\t1: FLOCK .*\nlock:\t2: POSIX /
