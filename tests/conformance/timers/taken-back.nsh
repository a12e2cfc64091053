# kernel/time/posix-timers.c: what a timer sent before it was set anew or deleted is not delivered
sleep 0.01
sigprocmask -b USR1
trap USR1 { echo tick }
timer create -c monotonic -s USR1
timer settime -a 0 0.001
sleep 0.01
timer settime 0 0
expect { sigpending } prints "USR1"
expect { sigprocmask -u USR1 } prints ""
expect { sigpending } prints ""
sigprocmask -b USR1
timer settime -a 0 0.001
sleep 0.01
timer delete 0
expect { sigpending } prints "USR1"
expect { sigprocmask -u USR1 } prints ""
expect { sigpending } prints ""
