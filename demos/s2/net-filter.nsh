#: # The alternative: a filter
#:
#: "ip isolation could be done with netfilter or security hooks", the notes say. "And has by
#: several people :)" answers Serge Hallyn. No namespace: one network for all, each container is
#: allotted an address of it, and a hook in bind and connect sees to it that it uses no other.
policy net.isolation filter
spawn web { echo web > /proc/container }
spawn db { echo db > /proc/container }
ip link set lo up
ip addr add 10.0.0.2/32 dev lo
ip addr add 10.0.0.3/32 dev lo
echo web 10.0.0.2 > /proc/net_filter
echo db 10.0.0.3 > /proc/net_filter
cat /proc/net_filter
expect { web unshare --net } fails EINVAL

#: **Binding to any host** means binding to one's own: both can have port 80.
as web { socket inet stream; bind 3 0.0.0.0:80; listen 3 }
as db { socket inet stream; bind 3 0.0.0.0:80; listen 3 }
expect { web getsockname 3 } prints "10.0.0.2:80"
expect { db getsockname 3 } prints "10.0.0.3:80"
as web socket inet stream
expect { web bind 4 10.0.0.3:81 } fails EADDRNOTAVAIL

#: **Speaking to a neighbour** is refused, as by a rule on what goes out.
expect { web connect 4 10.0.0.3:80 } fails EPERM
expect { web connect 4 127.0.0.1:80 } fails EPERM
socket inet stream
expect { connect 3 10.0.0.3:80 }

#: Safe, then. **But it still sees everyone's**: the neighbours' addresses, the neighbours' ports,
#: the links of the machine. A filter controls access; it isolates no identity.
expect { web ip -br addr } matches /10\.0\.0\.3\/32/
expect { web ss -tlnH } matches /10\.0\.0\.3:80/

#: And nobody can have an address twice, nor a loopback, nor a firewall, of its own. That is what
#: the namespace is for: the same under the other policy.
policy net.isolation namespace
spawn --net apart
expect { apart ss -tlnH } prints ""
expect { apart ip -br addr } matches /^lo +DOWN +$/
as apart { ip link set lo up; ip addr add 10.0.0.3/32 dev lo; socket inet stream }
expect { apart bind 4 10.0.0.3:80 }

# Shows N6.
