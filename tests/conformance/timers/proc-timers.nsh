# proc_pid_timers(5): the newest first, and whom it signals in the reader's numbers
spawn --pid a
a timer create
a timer create -c monotonic -s USR1 -v 42
a timer create -c boottime -n none -s 0
a timer create -s 34 -t 1
expect { cat /proc/2/timers } matches /^ID: 3\nsignal: 34\/0{16}\nnotify: signal\/tid\.2$/
expect { cat /proc/2/timers } matches /^ID: 2\nsignal: 0\/0{16}\nnotify: none\/pid\.2$/
expect { cat /proc/2/timers } matches /^ID: 1\nsignal: 10\/0{14}2a\nnotify: signal\/pid\.2$/
expect { cat /proc/2/timers } matches /^ID: 0\n.*\nnotify: signal\/pid\.2\nClockID: 0$/
a unshare -m
a mount -t proc proc /proc
expect { a cat /proc/1/timers } matches /^notify: signal\/pid\.1$/
