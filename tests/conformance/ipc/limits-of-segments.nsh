# shmget(2): shmmax bytes for one, shmall pages for all, shmmni segments
expect { shmget -c 1 0 } fails EINVAL
echo 5000 > /proc/sys/kernel/shmmax
expect { shmget -c 1 5001 } fails EINVAL
shmget -c 1 5000
echo 3 > /proc/sys/kernel/shmall
expect { shmget -c 2 4097 } fails ENOSPC
shmget -c 2 4096
expect { shmget -c 3 1 } fails ENOSPC
echo 100 > /proc/sys/kernel/shmall
echo 2 > /proc/sys/kernel/shmmni
expect { shmget -c 3 1 } fails ENOSPC
expect { shmget -c 3 0 } fails EINVAL
spawn --ipc web
expect { web cat /proc/sys/kernel/shmmni } prints "4096"
expect { web cat /proc/sys/kernel/shmmax } prints "18446744073692774399"
