# ip_route_output_key_hash_rcu(): 0.0.0.0 is oneself, over lo; what is connected asks twice
socket -n inet dgram; bind 3 0.0.0.0:9
expect { connect 3 0.0.0.0:9 } fails ENETUNREACH
expect { send -t 0.0.0.0:9 3 lost }
expect { recv -n 3 } fails EAGAIN
ip link set lo up; ip addr flush dev lo
ip link add v0 type veth; ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip route add default dev v0
expect { send -t 0.0.0.0:9 3 found }
expect { recv -n -a 3 } prints "127.0.0.1:9"
expect { ip route get 0.0.0.0 } prints "local 0.0.0.0 dev lo src 127.0.0.1"
expect { connect 3 0.0.0.0:9 } fails ENETUNREACH
socket inet dgram; bind 4 10.0.0.1:5
connect 4 0.0.0.0:9
expect { getpeername 4 } prints "10.0.0.1:9"
ip addr del 10.0.0.1/24 dev v0
expect { send 4 x } fails ENETUNREACH
ip addr add 127.0.0.5/8 dev v0
expect { connect 3 127.0.0.9:1 } fails EINVAL
