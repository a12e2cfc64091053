# ip(7), ip_forward: a namespace passes on what is not for it only if it is told to
spawn --net left
spawn --net right
ip link add l type veth peer name eth0 netns left
ip link add r type veth peer name eth0 netns right
ip addr add 10.1.0.1/24 dev l; ip link set l up
ip addr add 10.2.0.1/24 dev r; ip link set r up
left { ip addr add 10.1.0.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.1.0.1 }
right { ip addr add 10.2.0.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.2.0.1 }
expect { left ping -q -c 1 10.2.0.1 } matches / 1 received/
expect { left ping -q -c 1 -W 1 10.2.0.2 || true } matches / 0 received/
echo 1 > /proc/sys/net/ipv4/ip_forward
expect { left ping -q -c 1 10.2.0.2 } matches / 1 received/
expect { left cat /proc/sys/net/ipv4/ip_forward } prints "0"
