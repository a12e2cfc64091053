# inet_getname(), udp_lib_rehash(): a peer has a port; who connected last is found first
ip link set lo up
socket inet dgram; connect 3 127.0.0.1:0
expect { getpeername 3 } fails ENOTCONN
connect 3 127.0.0.1:7
expect { getpeername 3 } prints "127.0.0.1:7"
socket inet raw; connect 4 127.0.0.1:0
expect { getsockopt 4 reuseaddr } prints "1"
expect { getpeername 4 } fails ENOTCONN
socket inet dgram; bind 5 127.0.0.1:60
socket -n inet dgram; setsockopt 6 reuseaddr 1; bind 6 0.0.0.0:53
socket -n inet dgram; setsockopt 7 reuseaddr 1; bind 7 0.0.0.0:53
send -t 127.0.0.1:53 5 a
expect { recv 7 } prints "a"
connect 7 127.0.0.1:60; connect 6 127.0.0.1:60
send -t 127.0.0.1:53 5 b
expect { recv 6 } prints "b"
