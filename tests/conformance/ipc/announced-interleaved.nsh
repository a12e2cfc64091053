# ipc_idr_alloc(): the wish is the namespace's: of two who announce, the first gets the second's id
spawn a
spawn b
a { echo 256 > /proc/sys/kernel/msg_next_id }
b { echo 32 > /proc/sys/kernel/msg_next_id }
expect $(a msgget) == 32
expect $(b msgget) == 0
