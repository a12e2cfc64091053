# rtnetlink(7), fib_check_nh_v4_gw(): a gateway is looked for at a link, past routes with gateways
unshare --net
ip link set lo up
ip addr add 10.0.0.3/16 dev lo
ip route add 10.0.0.0/24 via 10.0.1.1 metric 5
expect { ip route add 10.0.1.0/24 via 10.0.0.2 }
ip link add v type veth peer name w
ip link set v up
ip addr add 10.9.0.1/24 dev v
ip route add 10.9.0.0/28 via 10.9.0.200
expect { ip route add 10.8.0.0/24 via 10.9.0.2 }
expect { ip route add 10.7.0.0/24 via 10.8.0.2 } fails ENETUNREACH
ip route
