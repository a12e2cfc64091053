# pid_ns_ctl_handler(): the file speaks of the caller's own pid namespace, whoever mounted the proc
spawn --pid inner
expect { inner cat /proc/sys/kernel/ns_last_pid } matches /^1$/
inner { echo 99 > /proc/sys/kernel/ns_last_pid }
inner spawn child
expect { child getpid } prints "100"
expect { cat /proc/sys/kernel/ns_last_pid } matches /^3$/
