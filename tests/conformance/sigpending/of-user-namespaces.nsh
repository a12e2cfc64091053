# inc_rlimit_get_ucounts(): it counts in all user namespaces around, by the limits of their makers
def queued(pid) { sed -n 's/^SigQ:.//p' /proc/$pid/status }
spawn a
a { setuid 4321; sigprocmask --block 40; prlimit --sigpending=3:9 }
kill -40 --queue 1 a
a unshare --user
expect { queued 2 } prints "0/3"
a prlimit --sigpending=9
kill -40 --queue 1 a
kill -40 --queue 1 a
expect { kill -40 --queue 1 a } fails EAGAIN
expect { queued 2 } prints "2/9"
spawn b
b { setuid 4321; sigprocmask --block 40; prlimit --sigpending=4 }
expect { queued 3 } prints "3/4"
kill -40 --queue 1 b
expect { kill -40 --queue 1 b } fails EAGAIN
expect { queued 3 } prints "4/4"
expect { queued 2 } prints "2/9"
