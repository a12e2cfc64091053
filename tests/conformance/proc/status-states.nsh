# proc_pid_status(5), State: R who runs, S who sleeps, T who is stopped, Z who is dead
spawn -n 3 w
kill -STOP w.2
w.3 exit
expect { grep State /proc/self/status } prints "R (running)"
expect { grep State /proc/2/status } prints "S (sleeping)"
expect { grep State /proc/3/status } prints "T (stopped)"
expect { grep State /proc/4/status } prints "Z (zombie)"
