# __inet_bind(): a socket bound to a group or a broadcast sends from the address its route chooses
ip link set lo up
socket -n inet dgram; bind 3 127.0.0.1:54
socket inet dgram; bind 4 224.0.0.1:53
send -t 127.0.0.1:54 4 a
expect { recv -a 3 } prints "127.0.0.1:53"
connect 4 127.0.0.1:54
expect { getsockname 4 } prints "224.0.0.1:53"
send 4 b
expect { recv -a 3 } prints "127.0.0.1:53"
socket inet stream; bind 5 127.0.0.1:80; listen 5
socket inet stream; bind 6 127.255.255.255:88
connect 6 127.0.0.1:80
expect { getsockname 6 } prints "127.0.0.1:88"
accept 5 > /dev/null
expect { getpeername 7 } prints "127.0.0.1:88"
unshare --net
socket inet dgram; bind 8 1.2.3.4:53  # there is no table of routes to ask
ip link set lo up
socket -n inet dgram; bind 9 127.0.0.1:54
send -t 127.0.0.1:54 8 c
expect { recv -a 9 } prints "127.0.0.1:53"
