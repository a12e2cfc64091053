# icmp_send(): a router tells that it has no route, and that a packet has passed too many of them
spawn --net a; spawn --net b
ip link add v0 type veth peer name v1 netns a
ip link add w0 type veth peer name w1 netns b
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip addr add 10.1.0.1/24 dev w0; ip link set w0 up
a ip addr add 10.0.0.2/24 dev v1; a ip link set v1 up; a ip route add default via 10.0.0.1
b ip addr add 10.1.0.2/24 dev w1; b ip link set w1 up; b ip route add default via 10.1.0.1
expect { a ping -c 1 -W 1 9.0.0.1 || true } matches /transmitted, 0 received, 100%/
echo 1 > /proc/sys/net/ipv4/ip_forward
as b { echo 1 > /proc/sys/net/ipv4/ip_forward }
ip route add 50.0.0.0/8 via 10.1.0.2
expect { a ping -c 1 9.0.0.1 || true } prints "From 10.0.0.1 icmp_seq=1 Destination Net Unreachable"
expect { a ping -c 1 50.0.0.1 || true } prints "From 10.1.0.2 icmp_seq=1 Time to live exceeded"
a socket inet dgram
a connect 3 9.0.0.1:9; a send 3 x
expect { a recv -n 3 } fails EAGAIN
