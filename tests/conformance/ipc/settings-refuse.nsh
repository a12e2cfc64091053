# proc_sys_kernel(5): what the limits may be
for file in shmmni msgmni { expect { echo 32769 > /proc/sys/kernel/$file } fails EINVAL }
for file in shmmax shmmni msgmax msgmnb { expect { echo -1 > /proc/sys/kernel/$file } fails EINVAL }
expect { echo 18446744073709551616 > /proc/sys/kernel/shmmax } fails EINVAL
echo 18446744073709551615 > /proc/sys/kernel/shmmax
expect { echo 2147483648 > /proc/sys/kernel/msgmax } fails EINVAL
expect { echo 2 > /proc/sys/kernel/shm_rmid_forced } fails EINVAL
expect { echo 1 2 3 32769 > /proc/sys/kernel/sem } fails ERANGE
expect { cat /proc/sys/kernel/sem } matches /^1\t2\t3\t32000$/
echo 5 > /proc/sys/kernel/sem
expect { cat /proc/sys/kernel/sem } matches /^5\t2\t3\t32000$/
expect { echo x > /proc/sys/kernel/sem } fails EINVAL
