# signal(7), pthreads(7): so does the default action to stop
spawn db
db spawn --thread reader
kill --thread 3 -STOP 2
expect { waitpid --untraced } prints "2 stopped STOP"
expect { grep State /proc/2/task/2/status } prints "T (stopped)"
expect { grep State /proc/2/task/3/status } prints "T (stopped)"
