# fcntl_locking(2), open file description locks: shared by who inherits them, and pid -1
open -c /tmp/f
setlk --ofd write 3 0 10
spawn a
a setlk --ofd read 3 3 1
expect { getlk --ofd write 3 } prints "unlock"
expect { getlk --ofd unlock 3 3 } prints "read 3 1 pid -1"
expect { getlk write 3 } prints "write 0 3 pid -1"
expect { setlk write 3 0 1 } fails EAGAIN
a open /tmp/f
expect { a setlk --ofd write 4 } fails EAGAIN
a exec 4<&-
exec 3<&-
expect { a getlk write 3 } prints "write 0 3 pid -1"
a exit
wait
open /tmp/f
expect { getlk write 3 } prints "unlock"
