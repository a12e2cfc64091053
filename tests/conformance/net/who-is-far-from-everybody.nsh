# ip_route_input_slow(), __mkroute_output(): what is for everybody at the end; what goes over lo
spawn --net a; spawn --net b
ip link add v0 type veth peer name e0 netns a; ip link add v1 type veth peer name e0 netns b
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; ip addr add 10.1.0.1/24 dev v1; ip link set v1 up
as a { ip addr add 10.0.0.2/24 dev e0; ip link set e0 up; ip route add default via 10.0.0.1 }
as b { ip addr add 10.1.0.2/24 dev e0; ip link set e0 up; ip route add default via 10.1.0.1 }
socket -n inet dgram; setsockopt 3 reuseaddr 1; bind 3 0.0.0.0:9
socket -n inet dgram; setsockopt 4 reuseaddr 1; bind 4 10.1.0.255:9
socket -n inet dgram; setsockopt 5 reuseaddr 1; bind 5 10.1.0.1:9
as a { socket inet dgram; send -t 10.1.0.255:9 3 all; send -t 10.1.0.255:8 3 none }
expect { recv 3 } prints "all"
expect { recv 4 } prints "all"
expect { recv 5 } fails EAGAIN
a connect 3 10.1.0.255:8; a send 3 none
expect { a getsockopt 3 error } prints "0"
expect { a ping -q -c 1 -W 1 10.1.0.255 || true } matches / 0 received/
ip route del 10.0.0.0/24
expect { send -t 10.0.0.255:9 3 x } fails EACCES
ip link set lo up; ip route add 9.0.0.0/8 dev lo
send -t 9.1.2.3:9 3 lo
expect { recv 3 } prints "lo"
expect { ping -q -c 1 -W 1 9.1.2.3 || true } matches / 0 received/
# tcp_v4_connect(): there is a way found first, then it is one to many
socket inet stream; bind 6 127.0.0.1:7
expect { connect 6 10.1.0.255:80 } fails EINVAL
