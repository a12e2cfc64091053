# ip-address(8): a second address of a subnet is secondary, and goes with the first
ip link add v0 type veth peer name v1
ip addr add 10.0.0.1/24 dev v0
ip addr add 10.0.0.2/24 dev v0
ip addr add 10.0.0.3/16 dev v0
expect { ip addr add 10.0.0.2/24 dev v0 } fails EEXIST
expect { ip -4 addr show v0 } matches /inet 10.0.0.2\/24 scope global secondary v0/
expect { ip addr del 10.9.0.1/24 dev v0 } fails EADDRNOTAVAIL
ip addr del 10.0.0.1/24 dev v0
expect { ip -4 addr show v0 } matches /^3: v0.*\n +inet 10.0.0.3\/16 scope global v0\n.*forever$/
ip addr add 127.0.0.5/8 dev lo
ip link set lo up
expect { ip -4 -br addr show lo } matches /127.0.0.5\/8/
