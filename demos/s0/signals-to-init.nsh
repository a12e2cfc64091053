#: # Signals to an init
#:
#: From inside its namespace an init gets only the signals that it handles; from an ancestor
#: namespace SIGKILL and SIGSTOP always work (pid_namespaces(7)).
spawn --pid --mount-proc web
as web spawn rebel
as rebel kill -KILL 1
as rebel kill -TERM 1
as rebel kill -STOP 1
expect { ps -o stat= -p web } prints "S"

#: The init may invite a signal by handling it.
as web { caught=no; trap USR1 { echo "web: got $SIGNAL from pid $SI_PID" } }
expect { as rebel kill -USR1 1; true }
expect { as web true }

#: The handler was told that the sender is pid 2: *rebel*'s number in that namespace.

#: From the parent namespace there is no protection against STOP and KILL.
kill -STOP $(ps -o pid= -p web)
expect { ps -o stat= -p web } prints "T"
kill -CONT $(ps -o pid= -p web)
expect { ps -o stat= -p web } prints "S"
kill -TERM $(ps -o pid= -p web)
expect { ps -o stat= -p web } prints "S"
kill -KILL $(ps -o pid= -p web)
wait web || true
expect { ps -e -o comm= } matches /^init$/

# Shows P11.
