# udp(7): nobody needs to be there; who is connected is told of it by ECONNREFUSED
ip link set lo up
socket inet dgram
expect { send 3 x } fails EDESTADDRREQ
expect { send -t 127.0.0.1:5353 3 lost }
connect 3 127.0.0.1:5353
send 3 lost
expect { send 3 again } fails ECONNREFUSED
socket inet dgram; bind 4 127.0.0.1:5353
send 3 heard
expect { recv 4 } prints "heard"
socket inet dgram
send -t $(getsockname 3) 5 stranger
expect { recv -n 3 } fails EAGAIN
socket inet dgram
expect { bind 6 0.0.0.0:5353 } fails EADDRINUSE
