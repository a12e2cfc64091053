# timer_settime(2), by processor time: it runs while its process computes, and not otherwise
timer create -c process-cputime -s USR1
timer settime 0 5000 2
expect { timer gettime 0 } matches /^(5000|4999\.\d+) left, every 2$/
timer settime 0 7000 1
expect { timer gettime 0 } matches /^(7000|6999\.\d+) left, every 1$/
timer create -c process-cputime -n none
timer settime -a 1 9000
expect { timer gettime 1 } matches /^(9000|89\d\d\.\d+) left, every 0$/
spawn a
a timer create -c thread-cputime
a timer settime 0 3000
expect { a timer gettime 0 } matches /^(3000|2999\.\d+) left, every 0$/
timer settime 0 0
expect { timer gettime 0 } prints "0 left, every 0"
