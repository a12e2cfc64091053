# fcntl(2), F_SETOWN_EX: one thread alone is told; by F_OWNER_PID its number is that of a process
mknod /tmp/fifo p
open /tmp/fifo > /dev/null
spawn db
db { sigprocmask --block 40 IO; spawn --thread reader; }
reader sigprocmask --block 40 IO
fcntl 3 F_SETOWN_EX F_OWNER_TID 3
fcntl 3 F_SETFL O_ASYNC
printf a >&3
expect { grep SigPnd /proc/2/task/3/status } prints "SigPnd:	0000000010000000"
expect { grep ShdPnd /proc/2/task/3/status } prints "ShdPnd:	0000000000000000"
expect { fcntl 3 F_GETOWN } prints "3"
fcntl 3 F_SETSIG 40
fcntl 3 F_SETOWN_EX F_OWNER_PID 3
expect { fcntl 3 F_GETOWN_EX } prints "F_OWNER_PID 0"
printf a >&3
expect { grep SigPnd /proc/2/task/3/status } prints "SigPnd:	0000000010000000"
expect { grep ShdPnd /proc/2/task/3/status } prints "ShdPnd:	0000008000000000"
fcntl 3 F_SETOWN_EX F_OWNER_TID 3
kill -KILL 2
expect { waitpid 2 } prints "2 killed KILL"
expect { fcntl 3 F_GETOWN_EX } prints "F_OWNER_TID 0"
