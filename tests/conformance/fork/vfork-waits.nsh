# wait_for_vfork_done(): CLONE_VFORK waits for the child's execve or end, in state D
spawn w
w clone2 -n e VFORK &
expect { ps -o stat= -p w } matches /^D/
expect { cat /proc/2/wchan } prints "kernel_clone"
kill -CONT w
kill -WINCH w
expect { ps -o stat= -p w } matches /^D/
e exec true
expect { ps -o stat= -p w } matches /^S/
w clone2 -n f VFORK &
f spawn --thread g
g exec true
expect { ps -o stat= -p w } matches /^S/
w clone2 -n h VFORK PIDFD &
kill -9 h
expect { ps -o stat= -p w } matches /^S/
expect { w { if clone2 VFORK { echo child; exec true } else { echo parent } } } prints "child
parent"
spawn v
v { if clone2 VFORK { spawn i; exit 3 } else { waitpid > /tmp/status } }
expect { ps -o ppid= -p i } prints "1"
