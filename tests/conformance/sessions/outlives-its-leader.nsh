# credentials(7): a session goes on when its leader has ended, under the leader's number
spawn leader
leader setsid
leader spawn member
leader exit
waitpid leader
expect $(getsid 3) == 2
expect $(getpgid 3) == 2
expect { getsid 2 } fails ESRCH
member setpgid 0 0
expect $(getsid 3) == 2
