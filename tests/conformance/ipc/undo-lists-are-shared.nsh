# clone(2), CLONE_SYSVSEM: one list for both, undone when the last of them is gone
semget -c private 1
spawn parent
parent { semop -u 0 0:+1; clone2 -n sibling SYSVSEM; spawn child }
sibling semop -u 0 0:+2
child semop -u 0 0:+4
expect { semctl 0 getval 0 } prints "7"
parent exit 0
expect { semctl 0 getval 0 } prints "7"
child exit 0
expect { semctl 0 getval 0 } prints "3"
sibling exit 0
expect { semctl 0 getval 0 } prints "0"
