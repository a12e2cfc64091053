# timer_settime(2): 0 forgets the interval; a timer that notifies nobody is shown as before
timer create -c monotonic
timer settime 0 1000 50
expect { timer gettime 0 } matches /^(1000|999\.\d+) left, every 50$/
expect { timer settime 0 -1 } fails EINVAL
expect { timer settime 0 1 -1 } fails EINVAL
expect { timer gettime 0 } matches /^(1000|999\.\d+) left, every 50$/
timer create -c monotonic -n none
timer settime -a 1 0.000000001
expect { timer gettime 1 } prints "0 left, every 0"
timer settime -a 1 0.000000001 1000
expect { timer gettime 1 } matches /^\d+(\.\d+)? left, every 1000$/
expect { timer overrun 1 } prints "0"
timer settime 1 1000 50
timer settime 1 0 7
expect { timer gettime 1 } matches /^(1000|999\.\d+) left, every 0$/
timer settime 0 0 7
expect { timer gettime 0 } prints "0 left, every 0"
