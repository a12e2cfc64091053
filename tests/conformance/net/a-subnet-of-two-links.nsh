# fib_table_insert(): of several routes to one subnet that which was there first is taken
spawn --net a; spawn --net b
ip link add v0 type veth peer name e0 netns a
ip link add v1 type veth peer name e0 netns b
ip addr add 10.0.0.1/24 dev v0; ip addr add 10.0.0.5/24 dev v1
ip link set v1 up; ip link set v0 up
as a { ip addr add 10.0.0.2/24 dev e0; ip link set e0 up }
as b { ip addr add 10.0.0.2/24 dev e0; ip link set e0 up }
as a { socket -n inet dgram; bind 3 0.0.0.0:9 }
as b { socket -n inet dgram; bind 3 0.0.0.0:9 }
expect { ip route get 10.0.0.2 } matches /dev v1 src 10.0.0.5/
socket inet dgram; send -t 10.0.0.2:9 3 one
expect { b recv 3 } prints "one"
expect { a recv 3 } fails EAGAIN
ip link set v1 down; ip link set v1 up
expect { ip route get 10.0.0.2 } matches /dev v0 src 10.0.0.1/
send -t 10.0.0.2:9 3 two
expect { a recv 3 } prints "two"
expect { ip route } matches /dev v0 .*\n.*dev v1 /
