# fcntl_locking(2): another type within a lock splits it in three; the same type joins them again
open -c /tmp/f
setlk write 3 0 10
setlk read 3 3 2
expect { cat /proc/self/fdinfo/3 } matches /^lock:\t1: POSIX  ADVISORY  WRITE 1 \S+ 0 2$/
expect { cat /proc/self/fdinfo/3 } matches /^lock:\t2: POSIX  ADVISORY  READ 1 \S+ 3 4$/
expect { cat /proc/self/fdinfo/3 } matches /^lock:\t3: POSIX  ADVISORY  WRITE 1 \S+ 5 9$/
setlk write 3 3 2
expect { grep lock /proc/self/fdinfo/3 } matches /\A\S+\t1: POSIX .* WRITE 1 \S+ 0 9\Z/
setlk unlock 3 4 1
expect { cat /proc/self/fdinfo/3 } matches /^lock:\t1: .* WRITE 1 \S+ 0 3\nlock:\t2: .* 5 9$/
setlk write 3 10
expect { cat /proc/self/fdinfo/3 } matches /2: POSIX  ADVISORY  WRITE 1 \S+ 5 EOF$/
setlk unlock 3
expect { grep lock /proc/self/fdinfo/3 } fails
