# proc_timers_open(): who opens it may look into the process; who reads it later is not asked
# (as since Linux 6.18)
spawn w; w timer create; w setresgid 1000 1000 1000; w setresuid 1000 1000 1000
open -m r /proc/2/timers; open -m r /proc/2/personality
spawn v; v setresgid 1000 1000 1000; v setresuid 1000 1000 1000
expect { v cat /proc/2/timers } fails EACCES
expect { v cat /proc/3/timers } prints ""
expect { v cat <&3 } prints "signal: 14/"
expect { v cat <&4 } fails EPERM
expect { v cat /proc/2/comm } prints "w"
w exit
expect { v cat /proc/2/timers } fails EACCES
cat <&3
waitpid
expect { cat <&3 } fails ESRCH
