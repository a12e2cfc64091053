# fib_add_ifaddr(), fib_check_nh_v4_gw(): which addresses make a route, and what is no gateway
ip link add v0 type veth
ip link set v0 up
ip addr add 10.0.0.1/0 dev v0
ip addr add 0.1.2.3/8 dev v0
ip addr add 224.0.0.1/24 dev v0
ip addr add 10.0.0.2/32 dev v0
expect { ip route } prints ""
expect { ip -o addr show dev v0 } matches /0.1.2.3.8 .*\n.* inet 224.0.0.1.24 /
ip addr add 10.0.0.6/31 dev v0
expect { ip route } prints "10.0.0.6/31 dev v0 proto kernel scope link src 10.0.0.6"
ip addr add 10.1.0.1/24 dev v0
expect { ip route add 20.0.0.0/8 via 10.1.0.255 } fails EINVAL
expect { ip route add 20.0.0.0/8 via 0.0.0.0 } fails ENODEV
ip route add 20.0.0.0/8 via 10.1.0.0
expect { ip route get 0.1.2.9 } fails ENETUNREACH
