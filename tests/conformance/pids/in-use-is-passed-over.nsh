# alloc_pid(): a number in use is passed over; a zombie uses its own until it is waited for
spawn living
spawn dead
dead exit
echo 1 > /proc/sys/kernel/ns_last_pid
spawn next
expect $! == 4
