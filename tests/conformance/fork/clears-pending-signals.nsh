# fork(2), signal(7): the child's set of pending signals is empty; the mask of blocked ones is kept
spawn parent
parent sigprocmask --block TERM USR1
kill -TERM parent
expect { parent sigpending } prints "TERM"
parent spawn child
expect { child sigpending } prints ""
expect { child sigprocmask } matches /^USR1\nTERM$/
