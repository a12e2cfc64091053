# do_exit(): an init's undo list and memory go before those that its end kills
semget -c 5 1
shmget -c 6 4096
spawn --pid f
f semop 0 0:+1u
f shmat 0
f spawn g
as g semop 0 0:+1u
as g shmat 0
f exit
expect { semctl 0 getpid 0 } prints "3"
expect { ipcs -m -p } matches /root +1 +3/
