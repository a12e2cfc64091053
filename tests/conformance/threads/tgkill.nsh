# tgkill(2): a signal for one thread; ESRCH if no thread of that process has that tid
spawn db
db spawn --thread reader
spawn other
expect { kill -0 --thread 3 2 }
expect { kill -0 --thread 2 2 }
expect { kill -0 --thread 3 4 } fails ESRCH
expect { kill -0 --thread 99 2 } fails ESRCH
expect { kill -0 --thread 0 2 } fails EINVAL
db sigprocmask --block USR1
kill -USR1 --thread 2 2
expect { db sigpending } prints "USR1"
expect { reader sigpending } prints ""
