# proc_pid_task(5), proc_tid(5): /proc does not list a thread by its tid, yet opens it
spawn db
db spawn --thread reader
expect { ls /proc/2/task } matches /^2\s+3$/
expect { ls /proc } matches /^2$/
expect { ps -e -o pid= } matches /^ *1\n *2$/
expect { grep -E '^(Tgid|Pid):' /proc/3/status } matches /^Tgid:\t2\nPid:\t3$/
expect { grep Threads /proc/2/status } prints "2"
