# netdevice(7), rtnetlink(7): names of links are unique in a namespace, and only there
spawn --net web
ip link add v0 type veth peer name v1
expect { ip link add v0 type veth peer name v2 } fails EEXIST
expect { ip link add v2 type veth peer name v1 } fails EEXIST
expect { ip link add v5 type veth peer name v5 } fails EEXIST
ip link add v2 type veth peer name v0 netns web
expect { ip link set v2 name v1 } fails EEXIST
expect { ip link set v2 netns web name v0 } fails EEXIST
expect { ip link set v0 netns web } fails EEXIST
ip link set v0 netns web name v9
expect { web ip -br link show v9 } matches /^v9@if/
expect { ip link add x type nosuch } fails ENOTSUP
expect { ip link del lo } fails ENOTSUP
expect { ip link add lo type nosuch } fails EEXIST
