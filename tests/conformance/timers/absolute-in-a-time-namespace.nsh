# time_namespaces(7): absolute times are those of the caller's namespace, relative ones anybody's
unshare --time
echo monotonic 500000 0 > /proc/self/timens_offsets
spawn a
a timer create -c monotonic -n none
a timer settime -a 0 500000
expect { a timer gettime 0 } prints "0 left, every 0"
a timer settime -a 0 900000
expect { a timer gettime 0 } matches /^[34]\d{5}(\.\d+)? left, every 0$/
a timer settime 0 1000
expect { a timer gettime 0 } matches /^(1000|999\.\d+) left, every 0$/
a clock --until 500000
expect { a timerfd create } prints "3"
a timerfd settime -a 3 900000
expect { a timerfd gettime 3 } matches /^[34]\d{5}(\.\d+)? left, every 0$/
