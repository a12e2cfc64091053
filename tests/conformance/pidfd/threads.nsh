# pidfd_open(2), PIDFD_THREAD: any thread; else one that leads no process is ENOENT
# (as since Linux 6.18)
spawn db
db spawn --thread reader
expect { pidfd open 3 } fails ENOENT
expect { pidfd open --thread 3 } prints "3"
expect { pidfd open 2 } prints "4"
expect { pidfd open --thread 2 } prints "5"
db { sigprocmask -b USR1; as reader sigprocmask -b USR1 }
expect { pidfd signal 3 USR1 }
expect { grep SigPnd /proc/2/task/3/status } prints "0000000000000200"
expect { pidfd signal --process 3 USR1 }
expect { grep ShdPnd /proc/2/status } prints "0000000000000200"
expect { pidfd signal --thread 4 USR1 }
expect { grep SigPnd /proc/2/status } prints "0000000000000200"
db exit --thread
expect { pidfd poll -t 0 5 } prints ""
expect { pidfd poll -t 0 4 } prints ""
reader exit
expect { pidfd poll -t 0 4 } prints "POLLIN"
expect { pidfd poll -t 0 3 } prints "POLLIN POLLHUP"
expect { pidfd signal 3 0 } fails ESRCH
