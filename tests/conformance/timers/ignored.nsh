# posix-timers: a periodic one whose signal is ignored rests, and sends it when it is heard again
sleep 0.01
trap USR1 ignore
sigprocmask -b USR1
timer create -c monotonic -s USR1
timer settime -a 0 0.001 100000
sleep 0.01
trap USR1 { echo tick }
expect { sigpending } prints "USR1"
expect { sigprocmask -u USR1 } prints "tick"
trap USR1 ignore
timer create -c monotonic -s USR1
timer settime -a 1 0.001
sleep 0.01
sigprocmask -b USR1
trap USR1 { echo tick }
expect { sigpending } prints ""
