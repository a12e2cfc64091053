# fib_validate_source(), ip_route_input_slow(): nobody else says to be oneself; 127/8 is of lo
spawn --net a
ip link add v0 type veth peer name v1 netns a
ip addr add 10.0.0.1/24 dev v0; ip addr add 10.0.0.3/24 dev v0; ip link set v0 up
a ip addr add 10.0.0.2/24 dev v1; a ip link set v1 up; ip link set lo up
socket -n inet dgram; bind 3 0.0.0.0:9
expect { a ping -q -c 1 10.0.0.3 } prints "1 received"
a ip addr add 10.0.0.1/32 dev v1; a ip addr add 99.0.0.1/32 dev v1
a { socket inet dgram; bind 3 10.0.0.1:8; send -t 10.0.0.3:9 3 martian }
a { socket inet dgram; bind 4 99.0.0.1:8; send -t 10.0.0.3:9 4 stranger }
a { ip route add 127.0.0.0/8 via 10.0.0.3; socket inet dgram; send -t 127.0.0.1:9 5 astray }
a { socket inet dgram; bind 6 10.0.0.2:8; send -t 10.0.0.3:9 6 friend }
expect { recv -a 3 } prints "99.0.0.1:8"
expect { recv 3 } prints "friend"
expect { recv -n 3 } fails EAGAIN
