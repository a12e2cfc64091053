# unshare(2), CLONE_SYSVSEM and CLONE_NEWIPC; commit_nsset(): the list is undone there and then
semget -c private 1
spawn a { semop -u 0 0:+1 }
a setns /proc/self/ns/ipc
expect { semctl 0 getval 0 } prints "0"
a semop -u 0 0:+1
a unshare --ipc
expect { semctl 0 getval 0 } prints "0"
expect { a semop 0 0:+1 } fails EINVAL
spawn b { semop -u 0 0:+1 }
b exit 0
expect { semctl 0 getval 0 } prints "0"
