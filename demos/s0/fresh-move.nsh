#: # The fresh move
#:
#: Hubertus Franke: "There is no reason why we can't at some point move a process group/tree into a
#: container. In a fresh container all pids are available, so we can simply reoccupy the same vpids
#: in the new pidspace. This keeps all user level references and pid values valid."
profile franke-2005
policy pid.move fresh
spawn job
as job { setsid; spawn -n 2 worker }
ps -e -o pid,ppid,pgid,sid,cid,vpid,comm

#: *job* has told nobody but itself and its children who it is: **2**.
expect { as job getpid } prints "2"
expect { as worker.1 getppid } prints "2"

#: The whole group moves. Watch the numbers: new kernel pids, and the old ones live on inside.
echo "batch group 2" > /proc/container
ps -e -o pid,ppid,pgid,sid,cid,vpid,comm
expect { as job getpid } prints "2"
expect { as worker.1 getppid } prints "2"
expect { as worker.2 getpgrp } prints "2"
expect { as job cat /proc/container } prints "batch"
expect { ps -e -o pid=,vpid=,comm= } matches /5 +2 job/

#: Wait and kill inside go on as if nothing had happened.
as job kill -TERM 4
expect { as job waitpid 4 } prints "4 killed TERM"

#: Into a container that is in use the same numbers may be taken: **EBUSY**.
spawn late
as late setsid
as late spawn -n 1 helper
expect { echo "batch tree $!" > /proc/container } fails EPERM

# Shows P7.
