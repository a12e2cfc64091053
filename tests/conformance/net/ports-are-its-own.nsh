# network_namespaces(7): each namespace has all ports to itself
spawn --net web
ip link set lo up
web ip link set lo up
socket inet stream; bind 3 0.0.0.0:8080; listen 3
web { socket inet stream; bind 3 0.0.0.0:8080; listen 3 }
socket inet stream
expect { bind 4 127.0.0.1:8080 } fails EADDRINUSE
connect 4 127.0.0.1:8080
expect { ss -tnH } matches /ESTAB/
expect { web ss -tnH } prints ""
expect { web ss -tlnH } matches /0.0.0.0:8080/
