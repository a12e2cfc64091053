# fib_new_table(), fib_inetaddr_event(): a route makes no table of what is local, an address does
spawn --net a
a ip link add v0 type veth peer name v1; a ip link set v0 up; a ip link set v1 up
a socket inet dgram; a socket inet dgram; a socket inet dgram
expect { a ip route add default via 10.0.0.1 } fails ENETUNREACH
a bind 3 9.9.9.9:7
a ip route add default dev v0; a ip route add 10.0.0.0/8 dev v1
a bind 4 9.9.9.9:8
a ip addr add 10.0.0.2/32 dev v1; a ip addr add 10.1.0.1/24 dev v1
expect { a bind 5 9.9.9.9:9 } fails EADDRNOTAVAIL
a ip addr del 10.0.0.2/32 dev v1
expect { a ip route } matches /^default dev v0 .*\n10.0.0.0\/8 dev v1 /
a ip addr del 10.1.0.1/24 dev v1  # its last, with which go the routes over that link alone
expect { a ip route } matches /^default dev v0 scope link \n?$/
