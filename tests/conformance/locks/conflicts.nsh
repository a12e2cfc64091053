# fcntl_locking(2): readers share, writers do not; a lock is the process's, and no child has it
open -c /tmp/f
setlk read 3 0 10
spawn a
expect { a setlk write 3 9 1 } fails EAGAIN
a setlk read 3 5 10
expect { setlk write 3 0 } fails EAGAIN
setlk write 3 0 5
expect { a getlk read 3 } prints "write 0 5 pid 1"
expect { a getlk write 3 } prints "write 0 5 pid 1"
expect { getlk write 3 } prints "read 5 10 pid 2"
expect { a setlk read 3 0 1 } fails EAGAIN
a exit
wait
expect { getlk write 3 } prints "unlock"
