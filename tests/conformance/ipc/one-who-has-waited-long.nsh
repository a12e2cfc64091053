# semtimedop(2), clone(2): EAGAIN when the time is up, and nothing was done meanwhile
semget -c private 2
expect { semop -t 0.01 0 0:+1 1:-1 } fails EAGAIN
expect { semctl 0 getall } prints "0 0"
expect { semctl 0 getncnt 1 } prints "0"
spawn w { semop -t 1000 0 1:-1; echo done > /tmp/w }
semop 0 1:+1
expect { cat /tmp/w } prints "done"
