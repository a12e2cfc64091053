# accept(2): who waits for a connection is woken by it; who waits for data, by that
socket unix stream; bind 3 @door; listen 3
spawn server { accept 3 > /tmp/fd; recv 4 > /tmp/said; send 4 bye; exit }
socket unix stream
connect 4 @door
send 4 hello
expect { recv 4 } prints "bye"
wait server
expect { cat /tmp/fd } prints "4"
expect { cat /tmp/said } prints "hello"
