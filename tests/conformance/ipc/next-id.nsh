# proc_sys_kernel(5), msg_next_id: a wish for the next id, once; if it is taken a later place
expect { cat /proc/sys/kernel/msg_next_id } prints "-1"
echo 256 > /proc/sys/kernel/msg_next_id
expect { cat /proc/sys/kernel/msg_next_id } prints "256"
expect $(msgget) == 256
expect { cat /proc/sys/kernel/msg_next_id } prints "-1"
expect $(msgget) == 0
echo 256 > /proc/sys/kernel/msg_next_id
expect $(msgget) == 257
echo 164740 > /proc/sys/kernel/sem_next_id
expect $(semget private 1 -c) == 164740
expect $(semget private 1 -c) == 0
echo 7 > /proc/sys/kernel/shm_next_id
expect $(shmget private 100 -c) == 7
