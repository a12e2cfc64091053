# tcp(7): what is sent while the link is down is sent again, and arrives when it is up
spawn --net web
ip link add v0 type veth peer name eth0 netns web
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
web { ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up }
web { socket inet stream; bind 3 10.0.0.2:80; listen 3 }
socket inet stream; connect 3 10.0.0.2:80
expect { web accept 3 } prints "4"
ip link set v0 down
expect { send 3 late }
expect { web recv -n 4 } fails EAGAIN
ip link set v0 up
expect { web recv 4 } prints "late"
