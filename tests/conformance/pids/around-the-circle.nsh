# alloc_pid(), RESERVED_PIDS: behind the last number the search begins again at 300, not at 1
# Since Linux 6.14 the limit is each pid namespace's own; before that it was the whole machine's.
echo 400 > /proc/sys/kernel/pid_max
echo 397 > /proc/sys/kernel/ns_last_pid
spawn -n 2 w
expect $! == 399
spawn next
expect $! == 300
