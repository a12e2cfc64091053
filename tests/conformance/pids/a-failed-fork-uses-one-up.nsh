# alloc_pid(): fork into a namespace without init fails with ENOMEM, and outer numbers are spent
unshare --pid
spawn first
first exit
wait
expect { spawn a } fails ENOMEM
expect { spawn b } fails ENOMEM
setns /proc/self/ns/pid
spawn c
expect $! == 5
