# dev_change_net_namespace(): a link arrives down, without addresses, and its routes are gone
spawn --net web
ip link add v0 type veth peer name v1
ip addr add 10.0.0.1/24 dev v0
ip link set v0 up
ip link set v1 up
ip route add 10.9.0.0/16 via 10.0.0.7
ip link set v0 netns web
expect { ip route } prints ""
expect { web ip -4 addr } prints ""
expect { web ip link show v0 } matches /<BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN/
expect { ip link set v1 netns web }
expect { web ip -br link } matches /v0@v1 .*\n.*v1@v0 |v1@v0 .*\n.*v0@v1 /
