# timer_getoverrun(2): what went by while the signal was pending; each timer queues its own signal
sleep 0.01
sigprocmask -b USR1
timer create -c monotonic -s USR1
timer create -c monotonic -s USR1
timer settime -a 0 0.001 100000
timer settime -a 1 0.001
sleep 0.01
expect { sigpending } prints "USR1"
expect { timer overrun 0 } prints "0"
trap USR1 { echo tick }
expect { sigprocmask -u USR1 } matches /^tick\ntick$/
sleep 0.01
expect { timer gettime 1 } prints "0 0"
expect { timer gettime 0 } matches /^\d+(\.\d+)? 100000$/
