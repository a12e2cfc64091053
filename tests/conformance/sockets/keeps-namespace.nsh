# network_namespaces(7): a socket keeps its namespace, and with it the links there
spawn --net --pid web
ip link add v0 type veth peer name eth0 netns web
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up
web { ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up; socket inet stream }
web { bind 3 10.0.0.2:80; listen 3 }
socketpair stream
web { socketpair stream }
exec 7< /proc/2/ns/net
kill -KILL 2
wait || true
expect { ping -q -c 1 10.0.0.2 } matches / 1 received/
