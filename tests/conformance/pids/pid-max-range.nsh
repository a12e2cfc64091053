# proc_sys_kernel(5), pid_max: from 301 to 4194304 (PID_MAX_LIMIT); else EINVAL
# Since Linux 6.14 the limit is each pid namespace's own; before that it was the whole machine's.
expect { echo 300 > /proc/sys/kernel/pid_max } fails EINVAL
expect { echo 4194305 > /proc/sys/kernel/pid_max } fails EINVAL
expect { echo many > /proc/sys/kernel/pid_max } fails EINVAL
echo 301 > /proc/sys/kernel/pid_max
expect { cat /proc/sys/kernel/pid_max } prints "301"
expect { echo 302 > /proc/sys/kernel/ns_last_pid } fails EINVAL
