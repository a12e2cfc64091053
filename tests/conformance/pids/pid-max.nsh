# proc_sys_kernel(5), pid_max: fork fails with EAGAIN when all numbers below it are in use
# Since Linux 6.14 the limit is each pid namespace's own; before that it was the whole machine's.
echo 303 > /proc/sys/kernel/pid_max
echo 299 > /proc/sys/kernel/ns_last_pid
spawn -n 3 w
expect $! == 302
expect { spawn late } fails EAGAIN
w.1 exit
wait w.1
spawn late
expect $! == 300
