# signal(7): SIGCONT continues a stopped process though it is blocked or ignored there
spawn child
child sigprocmask --block CONT
kill -STOP child
kill -CONT child
expect { grep State /proc/2/status } prints "S (sleeping)"
expect { child sigpending } prints "CONT"
spawn other
other { trap CONT ignore }
kill -STOP other
kill -CONT other
expect { waitpid --continued other } prints "3 continued"
