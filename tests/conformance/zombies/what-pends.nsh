# get_signal(): what is not taken off the queue of a process still pends for its zombie
spawn killed
killed sigprocmask -b USR1 USR2
kill -USR1 killed
kill -USR2 killed
kill -KILL killed
expect { grep ShdPnd /proc/2/status } prints "0000000000000b00"
spawn ended
ended sigprocmask -b USR1
kill -USR1 ended
ended exit 0
kill -USR2 ended
expect { grep ShdPnd /proc/3/status } prints "0000000000000200"
spawn stopped
kill -STOP stopped
kill -TERM stopped
kill -INT stopped
kill -CONT stopped
expect { grep ShdPnd /proc/4/status } prints "0000000000004000"
