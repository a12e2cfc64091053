# complete_signal(): nobody dies of what is sent to a first thread that is dead, which never takes
# SIGKILL off (some kernels forget it)
spawn p
p sigprocmask -b USR1
p spawn --thread t
p { kill -USR1 --thread 2 2 }
p exit --thread
kill -USR1 --thread 2 2
kill -KILL --thread 2 2
expect { grep SigPnd /proc/2/status } prints "0000000000000300"
expect { t gettid } prints "3"
kill -KILL 2
expect { grep SigPnd /proc/2/status } prints "0000000000000300"
expect { grep ShdPnd /proc/2/status } prints "0000000000000100"
expect { waitpid } prints "2"
