# fcntl_locking(2), F_SETLKW: EDEADLK for who would wait, by way of others, for itself
open -c /tmp/f
spawn a
spawn b
a setlk write 3 1 1
b setlk write 3 2 1
setlk write 3 3 1
a { setlk -w write 3 2 1; echo a } &
b { setlk -w write 3 3 1; echo b } &
expect { setlk -w write 3 1 1 } fails EDEADLK
expect { setlk write 3 1 1 } fails EAGAIN
setlk unlock 3
expect { cat /proc/locks } matches /-> POSIX  ADVISORY  WRITE 2 /
expect { b setlk unlock 3 }
expect { getlk write 3 } prints "write 1 2 pid 2"
