# tgkill(2): a signal for one thread; ESRCH if no thread of that process has that tid
spawn db
db spawn --thread reader
spawn other
expect { kill --thread 3 -0 2 }
expect { kill --thread 2 -0 2 }
expect { kill --thread 3 -0 4 } fails ESRCH
expect { kill --thread 99 -0 2 } fails ESRCH
expect { kill --thread 0 -0 2 } fails EINVAL
