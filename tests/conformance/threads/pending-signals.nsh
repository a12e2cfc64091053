# signal(7): a signal pends for the process, for all its threads to see, or for one thread alone
spawn db
db { sigprocmask --block TERM USR1; spawn --thread reader }
kill -TERM 2
kill --thread 3 -USR1 2
expect { db sigpending } matches /^TERM$/
expect { reader sigpending } matches /^USR1\nTERM$/
expect { grep SigPnd /proc/2/task/3/status } prints "0000000000000200"
expect { grep ShdPnd /proc/2/task/3/status } prints "0000000000004000"
