# setsid(2): the caller leads a new session and a new group, both called by its own number
spawn child
expect $(getsid 2) == 1
child setsid
expect $(getsid 2) == 2
expect $(getpgid 2) == 2
expect $(getppid) == 0
expect { child getppid } prints "1"
