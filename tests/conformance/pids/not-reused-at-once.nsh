# alloc_pid(), idr_alloc_cyclic(): a number that has become free is not the next one handed out
spawn a
a exit
wait
spawn b
expect $! == 3
spawn --set-tid 2 c
expect $! == 2
