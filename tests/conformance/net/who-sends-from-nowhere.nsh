# ip_route_input_slow(): what comes from no address, as there is none, is lost (martian_source)
spawn --net a
ip link add v0 type veth peer name e0 netns a
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
socket -n inet dgram; bind 3 0.0.0.0:9
a ip link set e0 up; a ip route add 10.0.0.0/8 dev e0
a socket inet dgram
expect { a send -t 10.0.0.1:9 3 x }
a send -t 10.0.0.7:9 3 x
a connect 3 10.0.0.1:9
expect { a getsockname 3 } prints "0.0.0.0:"
expect { a send 3 x }
expect { recv 3 } fails EAGAIN
expect { a ping -q -c 1 -W 1 10.0.0.1 || true } matches / 0 received/
a socket -n inet stream
a connect 4 10.0.0.1:9 || true
expect { a getsockname 4 } matches /^0.0.0.0:/
