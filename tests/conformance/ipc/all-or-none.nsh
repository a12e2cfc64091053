# semop(2): the operations are done together, or none of them is
semget -c private 3
semop 0 0:+2 1:+1
expect { semop -n 0 0:-1 1:-2 } fails EAGAIN
expect { semctl 0 getall } prints "2 1 0"
semop 0 0:-2 2:+2 1:-1
expect { semctl 0 getall } prints "0 0 2"
semop -n 0 0:0 0:+1
expect { semop -n 0 0:0 0:+1 } fails EAGAIN
expect { semop 0 3:+1 } fails EFBIG
expect { semop 0 2:+32767 } fails ERANGE
expect { semctl 0 setval 0 -1 } fails ERANGE
expect { semctl 0 setval 0 32768 } fails ERANGE
expect { semctl 0 setval 3 1 } fails EINVAL
expect { semctl 0 setall 1 2 40000 } fails ERANGE
expect { semctl 0 getall } prints "1 0 2"
expect { semop -t 0 0 1:-1 } fails EAGAIN
