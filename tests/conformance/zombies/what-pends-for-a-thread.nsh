# release_task(): what pends for a thread alone stays till it is reaped; a dead first one gets more
# (some kernels forget it)
spawn ended
ended sigprocmask -b USR1
ended { kill -USR1 --thread 2 2 }
expect { grep SigPnd /proc/2/status } prints "0000000000000200"
ended exit 0
kill -USR2 --thread 2 2
expect { grep SigPnd /proc/2/status } prints "0000000000000200"
spawn killed
kill -TERM --thread 3 3
expect { grep SigPnd /proc/3/status } prints "0000000000004000"
expect { grep ShdPnd /proc/3/status } prints "0000000000000000"
spawn first
first sigprocmask -b USR1
first spawn --thread second
first exit --thread
kill -USR1 --thread 4 4
kill -TERM --thread 4 4
expect { grep SigPnd /proc/4/status } prints "0000000000004200"
kill -STOP --thread 4 4
expect { grep SigPnd /proc/4/status } prints "0000000000044200"
kill -CONT 4
expect { grep SigPnd /proc/4/status } prints "0000000000004200"
