# ip_route_output_key(): what is sent to an address of one's own goes over lo, and is lost without
ip link add v0 type veth peer name v1
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
socket inet dgram
bind 3 10.0.0.1:500
socket inet dgram
connect 4 10.0.0.1:500
expect { send 4 lost }
expect { recv --nonblock 3 } fails EAGAIN
ip link set lo up
expect { send 4 heard }
expect { recv --nonblock 3 } prints "heard"
