# tcp(7), SO_REUSEADDR: who closed first keeps the port for a minute
ip link set lo up
socket inet stream; bind 3 127.0.0.1:80; listen 3
socket inet stream; connect 4 127.0.0.1:80
expect { accept 3 } prints "5"
exec 3>&-
exec 5>&-
exec 4>&-
socket inet stream
expect { bind 3 127.0.0.1:80 } fails EADDRINUSE
expect { ss -tanH } matches /^TIME-WAIT 0 +0 +127.0.0.1:80 /
socket inet stream
setsockopt 4 reuseaddr 1
expect { bind 4 127.0.0.1:80 } fails EADDRINUSE
