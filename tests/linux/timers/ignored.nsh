# posixtimer_sig_unignore(): a periodic one that is ignored rests, and is heard of later
trap USR1 ignore
sigprocmask -b USR1
timer create -c monotonic -s USR1
timer settime -a 0 0.000000001 100000
trap USR1 { echo tick }
expect { sigpending } prints "USR1"
expect { sigprocmask -u USR1 } prints "tick"
trap USR1 ignore
timer create -c monotonic -s USR1
timer settime -a 1 0.000000001
sigprocmask -b USR1
trap USR1 { echo tick }
expect { sigpending } prints ""
