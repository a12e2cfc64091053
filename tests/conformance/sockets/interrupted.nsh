# accept(2), EINTR: a handler interrupts who waits for a connection, or for data
socket unix stream; bind 3 @door; listen 3
socketpair stream
spawn server { trap USR1 { echo hit > /tmp/hit }; accept 3 || echo again > /tmp/told; exit }
spawn reader { trap USR1 { true }; recv 4 || echo again > /tmp/read; exit }
kill -USR1 2
kill -USR1 3
wait server
wait reader
expect { cat /tmp/hit /tmp/told /tmp/read } matches /^hit\nagain\nagain$/
