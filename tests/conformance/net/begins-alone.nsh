# network_namespaces(7): a new one has a loopback of its own, down, and no address
spawn --net web
expect { web ip link } matches /^1: lo: <LOOPBACK> mtu 65536 qdisc noop state DOWN/
expect { web ip -4 addr } prints ""
expect $(readlink /proc/self/ns/net) != $(readlink /proc/2/ns/net)
web socket inet stream
expect { web connect 3 127.0.0.1:80 } fails ENETUNREACH
web ip link set lo up
expect { web ip -4 -br addr } matches /^lo +UNKNOWN +127.0.0.1\/8 $/
expect { web connect 3 127.0.0.1:80 } fails ECONNREFUSED
expect { connect 3 127.0.0.1:80 } fails EBADF
