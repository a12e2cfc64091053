# pid_namespaces(7), alloc_pid(): numbers are handed out in ascending order, from 1 for the init on
expect $(getpid) == 1
spawn a
expect $! == 2
spawn b
expect $! == 3
expect { cat /proc/sys/kernel/ns_last_pid } prints "3"
