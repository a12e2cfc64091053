# ip-netns(8): a name is a file in /run/netns that the namespace is mounted on, which keeps it
ip netns add blue
expect { ip netns } prints "blue"
expect { ip netns add blue || echo taken } prints "taken"
ip netns exec blue ip link set lo up
expect { ip netns exec blue ip -br link } matches /^lo +UNKNOWN /
expect { ip -n blue -br link } matches /^lo +UNKNOWN /
ip link add v0 type veth peer name v1
ip link set v1 netns blue
expect { ip -n blue -br link } matches /v1@if/
spawn inside
inside nsenter --net=/run/netns/blue
expect { ip netns pids blue } matches /^\d+$/
expect { inside ip netns identify } prints "blue"
expect { ip netns identify } prints ""
ip netns del blue
expect { inside ip -br link } matches /v1@if/
expect { ip netns } prints ""
