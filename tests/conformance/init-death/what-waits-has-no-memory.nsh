# do_exit(), zap_pid_ns_processes(): an init that waits for its namespace's end has let go of all
spawn x
x unshare --pid
x spawn one
x spawn two
open -m r /proc/3/environ
one exit 0
expect { cat /proc/3/stat } matches /^3 \(one\) S /
expect { cat /proc/3/cmdline } prints ""
expect { cat <&3 } prints ""
expect { cat /proc/3/environ } fails ESRCH
expect { readlink /proc/3/exe } fails ENOENT
expect { ls /proc/3/fd } prints ""
expect { ps -o args= -p 3 } prints "[one]"
x waitpid 4 > /dev/null
expect { cat /proc/3/stat } matches /^3 \(one\) Z /
