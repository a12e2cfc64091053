# fib_check_nh(), ip-route(8): a gateway is looked up as any host is: the longest prefix wins
spawn --net a
ip link set lo up
ip link add v0 type veth peer name v0 netns a
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
a ip addr add 10.0.0.2/24 dev v0
a ip link set v0 up
ip addr add 10.0.1.3/16 dev lo
ip route add default via 10.0.0.2 metric 5
expect { ip route } prints "default via 10.0.0.2 dev v0 metric 5"
ip route add 10.7.0.0/16 via 10.0.9.9
expect { ip route } prints "10.7.0.0/16 via 10.0.9.9 dev lo"
