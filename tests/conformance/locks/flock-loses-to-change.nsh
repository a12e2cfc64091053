# flock(2): converting gives up the old lock first; who fails to get the new one has none
open -c /tmp/f
open /tmp/f
open /tmp/f
flock -s 3
flock -s 4
expect { flock -n 3 || echo busy } prints "busy"
flock -u 4
expect { flock -n 5 }
expect { grep lock /proc/self/fdinfo/3 } fails
expect { cat /proc/self/fdinfo/5 } matches /^lock:\t1: FLOCK  ADVISORY  WRITE 1 \S+ 0 EOF$/
