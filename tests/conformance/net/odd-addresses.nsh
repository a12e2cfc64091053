# __mkroute_output(), __inet_insert_ifa(): no gateway is for groups; 0.0.0.0 is no address of a link
ip link add v0 type veth peer name v1
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
ip route add 0.0.0.0/0 via 10.0.0.9
expect { ip route get 8.8.8.8 } prints "via 10.0.0.9"
expect { ip route get 224.0.0.1 } prints "224.0.0.1 dev v0 src 10.0.0.1"
expect { ip route get 255.255.255.255 } prints "255.255.255.255 dev v0 src 10.0.0.1"
expect { ip addr add 0.0.0.0/24 dev v0 }
expect { ip -4 addr show dev v0 } matches /^(?!.*0\.0\.0\.0\/)/
socket inet dgram
bind 3 10.0.0.1:500
ip route del 0.0.0.0/0 via 10.0.0.9
expect { send --to 224.0.0.9:5 3 x }
expect { send --to 255.255.255.255:5 3 x } fails EACCES
socket inet dgram
expect { send --to 224.0.0.9:5 4 x } fails ENETUNREACH
