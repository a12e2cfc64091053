# proc_pid_task(5): a directory for each thread; those of others are not in it
spawn db
db spawn --thread reader
expect { ls /proc/2/task } matches /^2\s+3$/
expect { cat /proc/2/task/3/comm } prints "reader"
expect { cat /proc/2/task/2/comm } prints "db"
expect { ls /proc/2/task/1 } fails ENOENT
expect { grep Tgid /proc/2/task/3/status } prints "2"
