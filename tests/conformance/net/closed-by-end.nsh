# network_namespaces(7): a mount or an open file of it keeps a namespace, and its veth
ip netns add blue
ip link add v0 type veth peer name eth0 netns blue
ip -n blue link set eth0 up
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
ip -n blue addr add 10.0.0.2/24 dev eth0
expect { ping -q -c 1 10.0.0.2 } matches / 1 received/
exec 3< /run/netns/blue
ip netns del blue
expect { ping -q -c 1 10.0.0.2 } matches / 1 received/
spawn inside
inside setns /proc/self/fd/3
exec 3<&-
inside exec 3<&-
expect { inside ip -br addr show eth0 } matches /10\.0\.0\.2/
