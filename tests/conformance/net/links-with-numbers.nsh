# __dev_alloc_name(): one %d in a link's name stands for the lowest number that is free
ip link add v1 type veth peer name w05
ip link add v%d type veth peer name v%d
expect { ip -o link show } matches /: v2@v0:/
ip link add x type veth peer name w%d
ip link set x name w%d
expect { ip -o link show } matches /: w1@w0:/
expect { ip link set v0 name w% } fails EINVAL
expect { ip link add a%s type veth } fails EINVAL
expect { ip link add a%d%d type veth } fails EINVAL
spawn --net other
other ip link add w1 type veth
ip link set w1 name w%d netns other  # as w0, and then it is renamed
expect { other ip -o link show } matches /: w2@/
