# flock(2): an open file description's; readers share; record locks do not know it
open -c /tmp/f
open /tmp/f
flock -s 3
flock -s 4
expect { flock -n 4 } fails
flock -u 3
expect { flock -n 4 }
expect { cat /proc/self/fdinfo/4 } matches /^lock:\t1: FLOCK  ADVISORY  WRITE 1 \S+ 0 EOF$/
expect { flock -n -s 3 || echo busy } prints "busy"
setlk write 3
spawn a
a flock -u 4
expect { flock -n 3 }
exec 5<&3
exec 3<&-
expect { flock -n 4 || echo busy } prints "busy"
exec 5<&-
expect { flock -n 4 || echo busy } prints "busy"
a exec 3<&-
expect { flock -n 4 }
