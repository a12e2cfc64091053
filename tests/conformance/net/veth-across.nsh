# veth(4): what is sent into one end comes out of the other, in whatever namespace that is
spawn --net web
ip link add v0 type veth peer name eth0 netns web
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
web { ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up }
expect { ping -q -c 1 10.0.0.2 } matches / 1 received/
expect { web ping -q -c 1 10.0.0.1 } matches / 1 received/
expect { ip route } prints "10.0.0.0/24 dev v0 proto kernel scope link src 10.0.0.1 "
web { socket inet stream; bind 3 10.0.0.2:80; listen 3 }
socket inet stream
connect 3 10.0.0.2:80
expect { getpeername 3 } prints "10.0.0.2:80"
expect { web accept 3 } prints "4"
expect { web getpeername 4 } matches /^10\.0\.0\.1:/
