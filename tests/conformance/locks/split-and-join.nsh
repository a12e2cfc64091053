# fcntl_locking(2): another type within a lock splits it in three; the same type joins them again
open -c /tmp/f
setlk write 3 0 10
setlk read 3 3 2
expect { cat /proc/locks } matches /^1: POSIX  ADVISORY  WRITE 1 \S+ 0 2\n2: POSIX  ADVISORY  READ 1 \S+ 3 4\n3: POSIX  ADVISORY  WRITE 1 \S+ 5 9$/
setlk write 3 3 2
expect { cat /proc/locks } matches /^1: POSIX  ADVISORY  WRITE 1 \S+ 0 9$/
setlk unlock 3 4 1
expect { cat /proc/locks } matches /^1: POSIX  ADVISORY  WRITE 1 \S+ 0 3\n2: POSIX  ADVISORY  WRITE 1 \S+ 5 9$/
setlk write 3 10
expect { cat /proc/locks } matches /WRITE 1 \S+ 5 EOF$/
setlk unlock 3
expect { cat /proc/locks } prints ""
