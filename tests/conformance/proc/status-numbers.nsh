# proc_pid_status(5): Tgid, Pid, PPid, Threads, and the lists of numbers by level
spawn child
child spawn --thread other
expect { grep -E "^(Tgid|Pid):" /proc/2/status } matches /^Tgid:\t2\nPid:\t2$/
expect { grep -E "^(PPid|Threads):" /proc/2/status } matches /^PPid:\t1\nThreads:\t2$/
expect { grep ^NSp /proc/2/status } matches /^NSpid:\t2\nNSpgid:\t1$/
expect { grep "^NS[ts]" /proc/3/status } matches /^NStgid:\t2\nNSsid:\t1$/
expect { grep NSpid /proc/3/status } matches /^NSpid:\t3$/
