# pty(7), proc_sys_kernel(5): the machine's limit and reserve; nr, which nobody writes
expect { stat -c '%a' /proc/sys/kernel/pty/max /proc/sys/kernel/pty/nr } matches /^644\n444$/
expect { cat /proc/sys/kernel/pty/reserve } prints "1024"
expect { ls /proc/sys/kernel/pty } matches /^max\s+nr\s+reserve$/
