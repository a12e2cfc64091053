#: # Restart with the same pids
#:
#: "Even though their kernel pids may already be in use by new processes, the checkpointed processes
#: can be started in a new user pidspace with their old virtual pid."
spawn busy1
spawn busy2
spawn busy3

#: The saved processes were called 1, 2 and 7. At the root 2 is in use; in a new space it is free.
spawn --pid --mount-proc restart
as restart { clone2 --set-tid 2 --name shell; clone2 --set-tid 7 --name editor }
ps -e -o pid,vpid,comm
expect { as shell getpid } prints "2"
expect { as editor getpid } prints "7"
expect { as restart clone2 --set-tid 7 --name other } fails EEXIST

#: Mainline's older way: say which pid was the last, and the next fork takes the one behind it.
as restart { echo 41 > /proc/sys/kernel/ns_last_pid; spawn answer }
expect { as answer getpid } prints "42"

# Shows P5.
