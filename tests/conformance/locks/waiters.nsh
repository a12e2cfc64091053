# fcntl_locking(2), F_SETLKW, and proc_locks(5): who waits stands below, and gets it when it is free
open -c /tmp/f
setlk write 3 0 10
spawn a
spawn b
a { setlk -w write 3 0 5; echo a > /tmp/a } &
b { setlk -w read 3 5 5; echo b > /tmp/b } &
expect { cat /proc/locks } matches /^\d+: POSIX  ADVISORY  WRITE 1 \S+ 0 9\n\d+: -> POSIX/
expect { cat /proc/locks } matches /^\d+: -> POSIX  ADVISORY  WRITE 2 \S+ 0 4$/
expect { cat /proc/locks } matches /^\d+: -> POSIX  ADVISORY  READ 3 \S+ 5 9$/
expect { cat /proc/2/wchan } matches /./
setlk unlock 3 5 5
expect { cat /tmp/b } prints "b"
expect { getlk write 3 5 5 } prints "read 5 5 pid 3"
setlk unlock 3
expect { cat /tmp/a } prints "a"
