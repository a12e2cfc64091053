# proc_sys_kernel(5), shm_rmid_forced: segments go with their last attachment, or with their maker
shmget -c 7 100
spawn w { shmget -c 8 100 }
w exit 0
expect { ipcs -m -u } matches /segments allocated 2/
echo 1 > /proc/sys/kernel/shm_rmid_forced
expect { shmget 8 } fails ENOENT
expect { shmget 7 } prints "0"
spawn v { shmget -c 9 100 }
expect { shmget 9 } matches /^[0-9]+$/
v exit 0
expect { shmget 9 } fails ENOENT
shmat 0 > /dev/null
shmdt 0
expect { shmget 7 } fails ENOENT
