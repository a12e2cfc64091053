# signal(7), pthreads(7): the default action to terminate concerns the whole process
spawn db
db { spawn --thread reader; spawn --thread writer }
kill --thread 4 -TERM 2
expect { waitpid } prints "2 killed TERM"
expect { kill -0 3 } fails ESRCH
