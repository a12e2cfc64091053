# network_namespaces(7): a socket stays in the namespace where it was made; setns moves no socket
ip link set lo up
spawn mover
mover { socket inet stream; bind 3 127.0.0.1:80; listen 3; unshare --net }
expect { ss -tlnH } matches /127.0.0.1:80/
expect { mover ss -tlnH } prints ""
socket inet stream
expect { connect 3 127.0.0.1:80 }
expect { mover accept 3 } prints "4"
mover socket inet stream
expect { mover connect 5 127.0.0.1:80 } fails ENETUNREACH
