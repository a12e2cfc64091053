# getpgid(2): of any visible process; ESRCH if there is none
spawn child
child setpgid 0 0
child spawn grandchild
expect $(getpgid 3) == 2
expect $(getpgid 0) == 1
expect { child getpgid 1 } prints "1"
expect { getpgid 99 } fails ESRCH
