# timer_getoverrun(2): what went by while the signal was pending; each timer queues its own signal
sigprocmask -b USR1
timer create -c monotonic -s USR1
timer create -c monotonic -s USR1
timer settime -a 0 0.000000001 100000
timer settime -a 1 0.000000001
expect { sigpending } prints "USR1"
expect { timer overrun 0 } prints "0"
trap USR1 { echo tick }
expect { sigprocmask -u USR1 } matches /^tick\ntick$/
expect { timer gettime 1 } prints "0 left, every 0"
expect { timer gettime 0 } matches /^\d+(\.\d+)? left, every 100000$/
