# get_signal(): who goes on with a deadly signal pending has begun the handlers of lower ones
spawn p
p trap USR1 { true }
kill -STOP p
kill -USR1 p
kill -TERM p
kill -CONT p
waitpid -k 2
expect { grep ShdPnd /proc/2/status } prints "0000000000000000"
expect { grep SigBlk /proc/2/status } prints "0000000000000200"
spawn q
q trap USR2 { true }
q spawn --thread r
kill -STOP q
kill -USR1 q
kill -USR2 q
kill -CONT q
waitpid -k 3
expect { grep ShdPnd /proc/3/status } prints "0000000000000800"
expect { grep SigBlk /proc/3/status } prints "0000000000000000"
