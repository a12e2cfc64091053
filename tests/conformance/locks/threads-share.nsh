# fcntl_locking(2): locks are the process's: threads share them, and no child does
open -c /tmp/f
spawn -t t
t setlk write 3 0 10
setlk write 3 5 1
expect { cat /proc/self/fdinfo/3 } matches /^lock:\t1: POSIX  ADVISORY  WRITE 1 \S+ 0 9$/
spawn a
expect { a setlk read 3 5 1 } fails EAGAIN
