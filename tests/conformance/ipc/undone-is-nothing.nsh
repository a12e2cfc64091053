# find_alloc_undo(), exit_sem(): who has asked for undo looks after the set at its end, anyhow
one=$(semget -c 7 1); two=$(semget -c 9 1); three=$(semget -c 11 1)
spawn w; spawn v; spawn u; u setuid 5
expect { w semop -n -u $one 0:-1 } fails EAGAIN
expect { v semop -n -u $two 5:1 } fails EFBIG
expect { u semop -n -u $three 0:1 } fails EACCES
expect { ipcs -st | grep -c 'Not set' } prints "3"
w exit
expect { ipcs -st | grep -c 'Not set' } prints "2"
v exit
expect { ipcs -st | grep -c 'Not set' } prints "1"
u exit
expect { ipcs -st | grep -c 'Not set' } fails
expect { semctl $three getval 0 } prints "0"
expect { semctl $three getpid 0 } prints "0"
