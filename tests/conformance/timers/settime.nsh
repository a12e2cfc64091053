# timer_settime(2): what is left, rounded up to its interval; 0 forgets the interval; one that notifies nobody is shown as before
sleep 0.01
timer create -c monotonic -n none
timer settime 0 1000 50
expect { timer gettime 0 } matches /^(1000|999\.\d+) 50$/
expect { timer settime 0 -1 } fails EINVAL
expect { timer settime 0 1 -1 } fails EINVAL
expect { timer gettime 0 } matches /^(1000|999\.\d+) 50$/
timer settime 0 0 7
expect { timer gettime 0 } matches /^(1000|999\.\d+) 0$/
timer settime -a 0 0.001
expect { timer gettime 0 } prints "0 0"
timer settime -a 0 0.001 1000
expect { timer gettime 0 } matches /^\d+(\.\d+)? 1000$/
expect { timer overrun 0 } prints "0"
timer create -c monotonic
timer settime 1 1000 50
timer settime 1 0 7
expect { timer gettime 1 } prints "0 0"
