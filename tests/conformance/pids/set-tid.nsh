# clone(2), set_tid: a process may be born with the number it wants; the cursor does not move
spawn --set-tid 300 wanted
expect $! == 300
spawn next
expect $! == 2
