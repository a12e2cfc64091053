# inet_bind(), tcp_v4_connect(): groups and broadcasts can be bound to; tcp speaks to one host only
ip link add v0 type veth peer name v1
ip addr add 10.0.0.1/24 dev v0
socket inet dgram
expect { bind 3 10.0.0.255:500 } fails EADDRNOTAVAIL
expect { bind 3 224.0.0.5:500 }
ip link set v0 up
socket inet dgram
expect { bind 4 10.0.0.254:500 } fails EADDRNOTAVAIL
expect { bind 4 10.0.0.255:500 }
expect { getsockname 4 } prints "10.0.0.255:500"
expect { connect 4 10.0.0.255:9 } fails EACCES
socket inet stream
expect { connect 5 10.0.0.255:9 } fails ENETUNREACH
ip route add 0.0.0.0/0 via 10.0.0.2
expect { connect 5 224.0.0.5:9 } fails ENETUNREACH
expect { connect 5 255.255.255.255:9 } fails ENETUNREACH
