# posixtimer_deliver_signal(): what was sent before a timer was set anew is not delivered
sigprocmask -b USR1
trap USR1 { echo tick }
timer create -c monotonic -s USR1
timer settime -a 0 0.000000001
timer settime 0 0
expect { sigpending } prints "USR1"
expect { sigprocmask -u USR1 } prints ""
expect { sigpending } prints ""
sigprocmask -b USR1
timer settime -a 0 0.000000001
timer delete 0
expect { sigpending } prints "USR1"
expect { sigprocmask -u USR1 } prints ""
expect { sigpending } prints ""
