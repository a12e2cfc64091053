# semop(2), sem_op 0: waits until the semaphore is 0, and is looked at before who would raise it
semget -c private 2
semop 0 0:+1
spawn z { semop 0 0:0; echo zero > /tmp/zero }
spawn c { semop 0 0:0 1:-1; echo both > /tmp/both }
expect { semctl 0 getzcnt 0 } prints "2"
expect { semctl 0 getncnt 1 } prints "0"
semop 0 0:-1
expect { cat /tmp/zero } prints "zero"
expect { semctl 0 getzcnt 0 } prints "0"
expect { semctl 0 getncnt 1 } prints "1"
semop 0 1:+1
expect { cat /tmp/both } prints "both"
