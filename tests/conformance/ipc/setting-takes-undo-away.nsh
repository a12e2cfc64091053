# semctl(2), SETVAL and SETALL: undo entries of altered semaphores are cleared in all processes
semget -c private 2
spawn w { semop -u 0 0:+5 1:+5 }
semctl 0 setval 0 1
w exit 0
expect { semctl 0 getall } prints "1 0"
spawn v { semop -u 0 0:+5 1:+5 }
semctl 0 setall 7 7
v exit 0
expect { semctl 0 getall } prints "7 7"
spawn z { semop 0 0:-8; echo z > /tmp/z }
semctl 0 setval 0 9
expect { cat /tmp/z } prints "z"
expect { semctl 0 getval 0 } prints "1"
