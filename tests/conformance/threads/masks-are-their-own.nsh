# sigprocmask(2), pthreads(7): the signal mask is a thread's, dispositions are the process's
spawn db
db spawn --thread reader
reader sigprocmask --block USR1
expect { reader sigprocmask } prints "USR1"
expect { db sigprocmask } prints ""
reader { trap USR2 ignore }
expect { grep SigIgn /proc/2/task/2/status } prints "0000000000000800"
