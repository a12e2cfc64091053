# tcp_v4_send_reset(): a segment that arrives where nobody knows of its connection is answered so
spawn --net a
ip link add v0 type veth peer name v1 netns a
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip addr add 10.0.0.2/24 dev v0; ip link set lo up
a ip addr add 10.0.0.9/24 dev v1
a ip link set v1 up; a ip link set lo up
socket inet stream; bind 3 10.0.0.2:80; listen 3
a socket inet stream; a connect 3 10.0.0.2:80
accept 3 > /dev/null
ip addr del 10.0.0.2/24 dev v0
a ip addr add 10.0.0.2/24 dev v1
a send 3 hello
expect { a recv 3 } fails ECONNRESET
expect { a getpeername 3 } fails ENOTCONN
expect { getpeername 4 } prints "10.0.0.9:"
