# semop(2), SEM_UNDO: what a process did is taken back when it ends, within 0 and SEMVMX
semget -c private 2
semctl 0 setall 5 0
spawn w { semop -u 0 0:-2 1:+3 }
expect { semctl 0 getall } prints "3 3"
spawn waits { semop 0 0:-5; echo got >> /tmp/got }
semctl 0 setval 1 1
w exit 0
expect { cat /tmp/got } prints "got"
expect { semctl 0 getall } prints "0 1"
spawn v { semop 0 1:+3u 1:-4 }
v exit 0
expect { semctl 0 getall } prints "0 0"
