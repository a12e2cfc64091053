# alloc_pid(), RESERVED_PIDS: behind the last number the search begins again at 300, not at 1
echo 400 > /proc/sys/kernel/pid_max
echo 397 > /proc/sys/kernel/ns_last_pid
spawn -n 2 w
expect $! == 399
spawn next
expect $! == 300
