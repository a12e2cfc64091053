# do_setlink(): what a change of a link did before a part of it failed stays done
spawn --net web
web ip link add v0 type veth
ip link add v1 type veth
expect { ip link set v1 netns web name v0 } fails EEXIST
expect { ip -br link show v1 || true } prints ""
expect { web ip -br link show v1 } matches /^v1@if/
expect { ip link set veth0 mtu 9000 name lo } fails EEXIST
expect { ip link show veth0 } matches /mtu 9000/
