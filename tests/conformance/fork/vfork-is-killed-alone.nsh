# wait_for_vfork_done(): who waits stops only when that is over, and dies at once; the child lives
spawn w
w clone2 -n e VFORK &
kill -STOP w
expect { ps -o stat= -p w } matches /^D/
expect { waitpid --nohang --untraced w } prints "0"
e exit
expect { ps -o stat= -p w } matches /^T/
kill -CONT w
w clone2 -n f VFORK &
kill -STOP w
kill -CONT w
kill -SEGV w
expect { ps -o stat= -p w } matches /^D/
f exit
expect { ps -o stat= -p w } matches /^Z/
spawn v
v clone2 -n g VFORK &
kill -TERM v
expect { ps -o stat= -p v } matches /^Z/
expect { ps -o ppid= -p g } prints "1"
expect { g getpid }
