# arp_process(), inet_select_addr(): a router that asks from an address of the asked is not answered
spawn --net a; spawn --net b
ip link add v0 type veth peer name e0 netns a; ip link add v1 type veth peer name e0 netns b
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; ip addr add 10.1.0.1/24 dev v1; ip link set v1 up
as a { ip addr add 10.0.0.2/24 dev e0; ip link set e0 up; ip route add default via 10.0.0.1 }
as b { ip addr add 10.1.0.2/24 dev e0; ip link set e0 up; ip link set lo up }
as b { ip addr add 10.1.0.1/32 dev lo; ip route add default via 10.1.0.1 || true }
echo 1 > /proc/sys/net/ipv4/ip_forward
b socket -n inet dgram; b bind 3 0.0.0.0:9
as a { socket inet dgram; send -t 10.1.0.2:9 3 lost }
expect { b recv 3 } fails EAGAIN
ip addr add 10.1.0.3/24 dev v1; ip addr del 10.1.0.1/24 dev v1; ip addr add 10.1.0.3/24 dev v1
ip link set v1 down; ip link set v1 up
a send -t 10.1.0.2:9 3 word
expect { b recv 3 } prints "word"
# __ip_dev_find(): nor is that of the loopback's which a route leads nearer to one's own
b ip addr add 9.0.0.5/8 dev lo
b { socket inet dgram; bind 4 9.0.0.1:7; send -t 9.0.0.5:9 4 x }
b ip route add 9.0.0.1/32 dev e0
expect { b send -t 9.0.0.5:9 4 x } fails ENETUNREACH
