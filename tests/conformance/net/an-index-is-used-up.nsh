# veth_newlink(): the peer is made first, and its index is not given again if the pair fails
expect { ip link add v0 type veth peer name v0 } fails EEXIST
ip link add v1 type veth peer name v2
expect { ip -br link show v2 } matches /^v2@v1/
expect { ip link show v2 } matches /^3: /
expect { ip link add v1 type veth } fails EEXIST
ip link add v3 type veth peer name v4
expect { ip link show v4 } matches /^5: /
