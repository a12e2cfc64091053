# ipc_idr_alloc(): places are given out in turn; a place below the last one begins a new sequence
for n in 0 1 2 3 { expect $(msgget) == $n }
ipcrm -q 1
expect { msgsnd 1 x } fails EINVAL
expect $(msgget) == 4
for n in 2 3 4 { ipcrm -q $n }
repeat 59 { id=$(msgget); ipcrm -q $id }
expect $id == 63
expect $(msgget) == 32769
expect $(msgget) == 32770
expect { msgctl -m 600 2 } fails EINVAL
