# tcp(7): with who listens go the connections that nobody has accepted
ip link set lo up
socket inet stream; bind 3 127.0.0.1:80; listen 3
socket inet stream; connect 4 127.0.0.1:80
exec 3>&-
expect { recv 4 } fails ECONNRESET
expect { connect 4 127.0.0.1:80 } fails EISCONN
socket unix stream; bind 3 @door; listen 3
socket unix stream; connect 5 @door
exec 3>&-
expect { recv 5 } fails ECONNRESET
