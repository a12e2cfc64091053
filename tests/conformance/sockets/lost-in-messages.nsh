# unix_gc(): what only a message holds that nobody can receive is closed when a Unix socket is
socketpair dgram; socketpair stream
send -f 4 3 itself; send -f 6 3 another
exec 3<&- 4<&- 6<&-
repeat 9 { socket unix dgram > /dev/null; exec 3<&- }
expect { recv 5 } prints ""
# a connection that nobody has accepted holds what was sent over it: who could accept it among that
socket unix stream; bind 3 /tmp/s; listen 3; socket unix stream; connect 4 /tmp/s
socketpair stream; send -f 3 4 who; send -f 7 4 another
exec 3<&- 4<&- 7<&-
repeat 9 { socket unix dgram > /dev/null; exec 3<&- }
expect { recv 6 } prints ""
