# credentials(7), free_pid(): a session keeps its leader's number taken as well
spawn leader
leader setsid
leader spawn member
member setpgid 0 0
leader exit
wait leader
expect $(getsid member) == 2
expect { spawn --set-tid 2 late } fails EEXIST
expect { kill -0 -2 } fails ESRCH
