# sig_get_ucounts(): a queued signal counts for the real user that its receiver was then
def queued { sed -n 's/^SigQ:.//p' /proc/2/status }
spawn a
a { setresuid 4321 0 0; sigprocmask --block 40 41; prlimit --sigpending=9 }
kill -40 --queue 1 a
kill -40 --queue 1 a
a setresuid 4322 0 0
expect { queued } prints "0/9"
kill -41 a
expect { queued } prints "1/9"
a setresuid 4321 0 4321
expect { queued } prints "2/9"
a { trap 40 ignore }
expect { queued } prints "0/9"
a setresuid 4322 0 4321
expect { queued } prints "1/9"
