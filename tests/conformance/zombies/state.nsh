# proc_pid_stat(5), wait(2): who has ended is a zombie, state Z, until it is waited for
spawn child
child exit 5
expect { grep State /proc/2/status } prints "Z (zombie)"
expect { ps -o stat=,comm= -p 2 } matches /^Z\+? +child/
waitpid
expect { ps -p 2 } fails
