# __udp_disconnect(): of a socket's name what bind(2) said is left; a raw one has a number for port
ip link set lo up
socket inet dgram
connect 3 127.0.0.1:7; connect --unspec 3
expect { getsockname 3 } prints "0.0.0.0:0"
bind 3 127.0.0.1:77; connect 3 127.0.0.1:7; connect --unspec 3
expect { getsockname 3 } prints "127.0.0.1:77"
socket inet dgram
bind 4 127.0.0.1:0; connect --unspec 4
expect { getsockname 4 } prints "127.0.0.1:0"
socket inet dgram
bind 5 0.0.0.0:78; connect 5 127.0.0.1:7; connect --unspec 5
expect { getsockname 5 } prints "0.0.0.0:78"
socket inet raw
expect { getsockname 6 } prints "0.0.0.0:1"
connect 6 127.0.0.1:7
expect { getpeername 6 } prints "127.0.0.1:7"
expect { getsockname 6 } prints "127.0.0.1:1"
connect --unspec 6
expect { getsockname 6 } prints "0.0.0.0:0"
