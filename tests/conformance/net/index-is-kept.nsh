# dev_change_net_namespace(): an ifindex is a number in a namespace; it is kept where it is free
spawn --net web
ip link add a0 type veth peer name a1
ip link add b0 type veth peer name b1
expect { ip link show b0 } matches /^5: b0@b1/
ip link set b0 netns web
expect { web ip link show b0 } matches /^5: b0@if4/
web ip link add c0 type veth peer name c1
expect { web ip link show c0 } matches /^3: c0@c1/
web ip link set c1 name a9
web ip link set b0 netns 1
expect { ip link show b0 } matches /^5: b0@b1/
