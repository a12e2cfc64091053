# fcntl_locking(2): what a child closes, or its end, takes nothing from the parent's locks
open -c /tmp/f
setlk write 3
flock -s 3
setlk --ofd read 3 || true
spawn a
a exec 3<&-
expect { cat /proc/locks } matches /POSIX .* 1 /
spawn b
b exit
wait $!
expect { cat /proc/locks } matches /POSIX .* 1 /
expect { cat /proc/locks } matches /FLOCK .* 1 /
