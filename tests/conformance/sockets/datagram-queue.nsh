# unix(7), max_dgram_qlen: eleven messages wait for who does not ask; a pair knows no such limit
socket unix dgram; bind 3 @box
socket -n unix dgram; connect 4 @box
for n in 1 2 3 4 5 6 7 8 9 10 11 { send 4 $n }
expect { send 4 12 } fails EAGAIN
expect { recv 3 } prints "1"
expect { send 4 12 }
socketpair dgram
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 { send 5 $n }
expect { recv 6 } prints "1"
socket unix dgram; connect 3 @box
expect { send 7 x -t @box } fails EPERM
