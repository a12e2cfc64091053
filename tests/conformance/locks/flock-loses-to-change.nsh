# flock(2): converting gives up the old lock first; who fails to get the new one has none
open -c /tmp/f
open /tmp/f
open /tmp/f
flock -s 3
flock -s 4
expect { flock -n 3 || echo busy } prints "busy"
flock -u 4
expect { flock -n 5 }
expect { cat /proc/locks } matches /^1: FLOCK  ADVISORY  WRITE 1 \S+ 0 EOF$/
