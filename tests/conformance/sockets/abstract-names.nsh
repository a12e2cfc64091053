# unix(7): an abstract name belongs to the network namespace of the socket; a path does not
spawn --net web
socket unix stream; bind 3 @door; listen 3
socket unix stream; bind 4 /tmp/door; listen 4
socket unix stream
expect { bind 5 @door } fails EADDRINUSE
web { socket unix stream; socket unix stream }
expect { web connect 3 @door } fails ECONNREFUSED
expect { web connect 3 /tmp/door }
expect { web getpeername 3 } prints "/tmp/door"
expect { web bind 4 @door }
