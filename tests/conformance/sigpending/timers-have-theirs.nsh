# timer_create(2): a timer has its signal ready, which counts; EAGAIN, and no number is used up
def queued { sed -n 's/^SigQ:.//p' /proc/2/status }
spawn a
a { setuid 4321; sigprocmask --block ALRM 40; prlimit --sigpending=2 }
expect { a timer create } prints "0"
kill -40 --queue 1 a
expect { a timer create } fails EAGAIN
a { trap 40 ignore; trap 40 default }
expect { a timer create -n none } prints "1"
expect { queued } prints "2/2"
a timer settime --absolute 0 0.000000001
expect { a sigpending } prints "ALRM"
expect { queued } prints "2/2"
a timer delete 0
expect { queued } prints "2/2"
a { trap ALRM ignore }
expect { queued } prints "1/2"
a timer delete 1
expect { queued } prints "0/2"
