# proc_sys_kernel(5), hostname: the file is the name of the reader's namespace; a longer one is cut
spawn --uts inner
inner { echo inner > /proc/sys/kernel/hostname }
expect { inner cat /proc/sys/kernel/hostname } prints "inner"
expect { inner hostname } prints "inner"
hostname outer
expect { cat /proc/sys/kernel/hostname } prints "outer"
expect { inner cat /proc/sys/kernel/hostname } prints "inner"
