# freeary(): what was to be undone of a set goes with it, even if another gets its id
semget -c private 1
spawn w { semop -u 0 0:+5 }
ipcrm -s 0
echo 0 > /proc/sys/kernel/sem_next_id
expect $(semget -c private 1) == 0
semop 0 0:+3
w exit 0
expect { semctl 0 getval 0 } prints "3"
expect { semctl 0 getpid 0 } prints "1"
