# getsid(2): of any visible process, in Linux also one of another session; ESRCH if there is none
spawn leader
leader setsid
leader spawn member
expect $(getsid 3) == 2
expect { member getsid 1 } prints "1"
expect { getsid 99 } fails ESRCH
expect { member getsid 99 } fails ESRCH
