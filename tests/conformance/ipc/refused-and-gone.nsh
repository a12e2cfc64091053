# do_shmat(): with shm_rmid_forced, a segment goes even if attaching it first fails
echo 1 > /proc/sys/kernel/shm_rmid_forced
shmget -c 7 100
shmget -c 8 100
shmat -a 0x10000000 0 > /dev/null
expect { shmat -a 0x10000000 1 } fails EINVAL
expect { shmget 8 } fails ENOENT
expect { shmget 7 } prints "0"
