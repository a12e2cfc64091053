# semctl(2) GETPID, msgctl(2), shmctl(2): who did it, in the numbers of who asks; dead ones too
semget -c private 1
msgget
shmget -c private 100
spawn --pid inner
inner semop 0 0:+1
inner msgsnd 0 hello
inner shmat 0 > /dev/null
expect $(semctl 0 getpid 0) == 2
expect $(inner semctl 0 getpid 0) == 1
expect { ipcs -q -i 0 } matches /lspid=2\tlrpid=0/
expect { inner ipcs -q -i 0 } matches /lspid=1\tlrpid=0/
expect { ipcs -m -p } matches /0 +root +1 +2 /
expect { inner ipcs -m -p } matches /0 +root +0 +1 /
spawn --pid other
expect $(other semctl 0 getpid 0) == 0
semctl 0 setval 0 0
expect $(inner semctl 0 getpid 0) == 0
inner exit 0
expect { ipcs -q -i 0 } matches /lspid=2\tlrpid=0/
