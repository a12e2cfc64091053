# locks_translate_pid(): pids are the reader's; 0 is who is out of sight, not in /proc/locks
open -c /tmp/f
setlk write 3 0 1
flock -s 3
spawn --pid --mount a
a mount -t proc proc /proc
a open /tmp/f
a setlk write 4 5 1
a setlk --ofd write 4 7 1
expect { a getlk write 3 } prints "write 0 1 pid 0"
expect { getlk write 3 5 1 } prints "write 5 1 pid 2"
expect { a cat /proc/locks } matches /^\d+: POSIX  ADVISORY  WRITE 1 \S+ 5 5$/
expect { a grep ' 0 0$' /proc/locks } fails
expect { a grep FLOCK /proc/locks } fails
expect { cat /proc/locks } matches /^\d+: POSIX  ADVISORY  WRITE 2 \S+ 5 5$/
expect { cat /proc/locks } matches /^\d+: FLOCK  ADVISORY  READ 1 \S+ 0 EOF$/
expect { a cat /proc/self/fdinfo/3 } matches /^lock:\t1: FLOCK  ADVISORY  READ 0 /
expect { a lslocks -n -o pid,type,start,path } matches /^ +1 +POSIX +5 \/tmp\/f$/
