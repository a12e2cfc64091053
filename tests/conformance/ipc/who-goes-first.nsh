# update_queue(): the longest waiter is asked first, but who needs less may go past who needs more
semget -c private 1
spawn three { semop 0 0:-3; echo three >> /tmp/order }
spawn two { semop 0 0:-2; echo two >> /tmp/order }
spawn one { semop 0 0:-1; echo one >> /tmp/order }
expect { semctl 0 getncnt 0 } prints "3"
semop 0 0:+2
expect { cat /tmp/order } prints "two"
semop 0 0:+1
expect { cat /tmp/order } matches /^two\none$/
semop 0 0:+3
expect { cat /tmp/order } matches /^two\none\nthree$/
expect { semctl 0 getval 0 } prints "0"
expect { semctl 0 getncnt 0 } prints "0"
