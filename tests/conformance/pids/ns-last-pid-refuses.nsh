# proc_sys_kernel(5), proc_dointvec_minmax(): no number, negative or too large is EINVAL
expect { echo seven > /proc/sys/kernel/ns_last_pid } fails EINVAL
expect { echo -1 > /proc/sys/kernel/ns_last_pid } fails EINVAL
expect { echo 77x > /proc/sys/kernel/ns_last_pid } fails EINVAL
expect { echo 99999999999 > /proc/sys/kernel/ns_last_pid } fails EINVAL
echo 0x10 > /proc/sys/kernel/ns_last_pid
expect { cat /proc/sys/kernel/ns_last_pid } prints "16"
