# complete_signal(): a first thread that is dead takes no signals of its own, and never SIGKILL off
spawn p
p sigprocmask -b USR1
p spawn --thread t
p { kill -USR1 --thread 2 2 }
p exit --thread
kill -USR1 --thread 2 2
kill -KILL --thread 2 2
expect { grep SigPnd /proc/2/status } prints "0000000000000000"
expect { t gettid } prints "3"
kill -KILL 2
expect { grep SigPnd /proc/2/status } prints "0000000000000100"
expect { grep ShdPnd /proc/2/status } prints "0000000000000100"
expect { waitpid } prints "2"
