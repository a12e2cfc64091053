# proc_pid_permission(): no way leads on from the directory of a task that is gone, not even out
spawn w; spawn v; spawn u; as v cd /proc/2; u cd /proc/2/task
open -m r /proc/2/status; open -m r /proc/2
w exit; waitpid 2
expect { v stat . } fails ESRCH
expect { v ls .. } fails ESRCH
expect { v cat status } fails ESRCH
expect { u stat . } fails ESRCH
expect { v pwd } fails ENOENT
expect { u pwd } prints "/proc/2/task"
expect { readlink /proc/self/fd/3 } matches /^.proc.2.status$/
expect { readlink /proc/self/fd/4 } matches /^.proc.2 .deleted.$/
expect { ls /proc/self/fd/4 } fails ESRCH
