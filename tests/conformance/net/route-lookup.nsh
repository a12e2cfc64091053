# ip-route(8): the longest prefix wins; a gateway is at a link; with a link go the routes over it
ip link add v0 type veth peer name v1
ip addr add 10.0.0.1/24 dev v0
expect { ip route get 10.0.0.7 } fails ENETUNREACH
ip link set v0 up
expect { ip route get 10.0.0.7 } matches /^10.0.0.7 dev v0 src 10.0.0.1 /
expect { ip route get 8.8.8.8 } fails ENETUNREACH
expect { ip route add default via 1.2.3.4 } fails ENETUNREACH
ip route add default via 10.0.0.2
expect { ip route add default via 10.0.0.3 } fails EEXIST
ip route add 8.8.0.0/16 via 10.0.0.9
expect { ip route get 8.8.8.8 } matches /^8.8.8.8 via 10.0.0.9 dev v0 src 10.0.0.1 /
expect { ip route get 9.9.9.9 } matches /^9.9.9.9 via 10.0.0.2 /
expect { ip route get 10.0.0.1 } matches /^local 10.0.0.1 dev lo src 10.0.0.1 /
ip route del 8.8.0.0/16
expect { ip route del 8.8.0.0/16 } fails ESRCH
ip link set v0 down
expect { ip route } prints ""
ip link set v0 up
expect { ip route get 9.9.9.9 } fails ENETUNREACH
