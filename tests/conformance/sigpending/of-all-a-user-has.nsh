# setrlimit(2), RLIMIT_SIGPENDING: what counts is queued for the user, in whatever process
def queued(pid) { sed -n 's/^SigQ:.//p' /proc/$pid/status }
spawn a
a { setuid 4321; sigprocmask --block 40; prlimit --sigpending=2:5 }
as a spawn b
kill -40 --queue 1 a
kill -40 --queue 1 3
expect { queued 2 } prints "2/2"
expect { kill -40 --queue 1 3 } fails EAGAIN
as 3 prlimit --sigpending=3
kill -40 --queue 1 3
expect { kill -40 --queue 1 a } fails EAGAIN
expect { queued 2 } prints "3/2"
expect { queued 3 } prints "3/3"
as 3 exit
expect { queued 2 } prints "3/2"
expect { a waitpid 3 } prints "3 exited 0"
expect { queued 2 } prints "1/2"
kill -KILL a
expect { queued 2 } prints "1/2"
