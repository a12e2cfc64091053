# capabilities(7), CAP_NET_ADMIN: links belong to the namespace's owner; a bad device is ENODEV
expect { ip link set nope up || echo none } prints "none"
expect { ip link add waytoolongforaname type veth } fails ERANGE
expect { ip link add a/b type veth } fails EINVAL
ip link add v0 type veth
expect { ip -br link } matches /veth0@v0/
expect { ip link set v0 mtu 10 } fails EINVAL
ip link set v0 mtu 9000
expect { ip link show v0 } matches /mtu 9000/
expect { ip link set v0 netns 99999 } fails ESRCH
expect { ip link set lo netns 1 }
spawn --net web
expect { ip link set lo netns web } fails EINVAL
