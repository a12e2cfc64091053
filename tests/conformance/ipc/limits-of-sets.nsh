# semget(2), semop(2): SEMMSL, SEMMNS, SEMOPM, SEMMNI, all in /proc/sys/kernel/sem
echo 3 5 2 2 > /proc/sys/kernel/sem
expect { semget -c 1 4 } fails EINVAL
semget -c 1 3
expect { semget -c 2 3 } fails ENOSPC
semget -c 2 1
expect { semget -c 3 1 } fails ENOSPC
expect { semop 0 0:+1 1:+1 2:+1 } fails E2BIG
semop 0 0:+1 1:+1
ipcrm -s 1
expect { semget -c 3 4 } fails EINVAL
expect { semget -c 3 2 } matches /^[0-9]+$/
spawn --ipc web
expect { web cat /proc/sys/kernel/sem } matches /^32000\t1024000000\t500\t32000$/
