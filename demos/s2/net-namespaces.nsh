#: # A network of one's own
#:
#: September 2007, the mini-summit's notes on network namespaces: "in dev. veth is in dmiller's
#: tree; eric is working on a minimal patchset". Today it is CLONE_NEWNET, and this is all of it.
profile mainline
spawn --net web
spawn --net db
expect { lsns -n -t net -o nprocs } matches /^ *1\n *1\n *1$/

#: A new one has nothing but a loopback, and that is down: not even 127.0.0.1 is there.
web ip addr
web socket inet stream
expect { web connect 3 127.0.0.1:80 } fails ENETUNREACH
web ip link set lo up
expect { web connect 3 127.0.0.1:80 } fails ECONNREFUSED

#: **A pair of veth** is a cable with two ends. One end stays here, the other goes to web.
ip link add to-web type veth peer name eth0 netns web
ip addr add 10.0.1.1/24 dev to-web
ip link set to-web up
as web { ip addr add 10.0.1.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.0.1.1 }
ip -br addr
web ip -br addr
expect { ping -q -c 1 10.0.1.2 } matches / 1 received/

#: The same name, `eth0`, the same port: each namespace has all of them to itself.
ip link add to-db type veth peer name eth0 netns db
ip addr add 10.0.2.1/24 dev to-db
ip link set to-db up
as db { ip addr add 10.0.2.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.0.2.1 }
as web { socket inet stream; bind 4 0.0.0.0:5432; listen 4 }
as db { socket inet stream; bind 3 0.0.0.0:5432; listen 3 }
expect { db ss -tlnH } matches /0\.0\.0\.0:5432/

#: From web to db there is no way yet: the namespace between them does not pass on what is not
#: its own. A setting of *this* namespace decides.
expect { as web ping -q -c 1 -W 1 10.0.2.2 || true } matches / 0 received/
echo 1 > /proc/sys/net/ipv4/ip_forward
expect { as web ping -q -c 1 10.0.2.2 } matches / 1 received/

#: What a link loses on its way to another namespace: its addresses, its routes, and being up.
ip link set to-db netns web
expect { ip -br link show to-web } matches /UP/
expect { web ip -br addr show to-db } matches /^to-db@if\d+ +DOWN +$/

#: When the last one leaves, the namespace ends, and every cable that led into it is gone,
#: both ends of it.
kill -KILL $(ps -o pid= -p web)
wait web || true
expect { ip -br link } matches /^lo [^\n]*$/
expect { db ip -br link } matches /^lo [^\n]*$/

# Shows N6.
