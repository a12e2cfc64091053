# proc_sys_kernel(5), ns_last_pid: the next process gets the number behind the one written
echo 41 > /proc/sys/kernel/ns_last_pid
spawn answer
expect $! == 42
expect { cat /proc/sys/kernel/ns_last_pid } prints "42"
echo 0 > /proc/sys/kernel/ns_last_pid
spawn after
expect $! == 2
