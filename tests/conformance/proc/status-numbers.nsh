# proc_pid_status(5): Tgid, Pid, PPid, Threads, and the lists of numbers by level
spawn child
child spawn --thread other
expect { grep -E '^(Tgid|Pid|PPid|Threads):' /proc/2/status } matches /^Tgid:\t2\nPid:\t2\nPPid:\t1\nThreads:\t2$/
expect { grep ^NS /proc/2/status } matches /^NStgid:\t2\nNSpid:\t2\nNSpgid:\t1\nNSsid:\t1$/
expect { grep ^NS /proc/3/status } matches /^NStgid:\t2\nNSpid:\t3\nNSpgid:\t1\nNSsid:\t1$/
