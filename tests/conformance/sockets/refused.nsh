# connect(2), errors: who is not there, and why
ip link set lo up
socket inet stream
expect { connect 3 127.0.0.1:80 } fails ECONNREFUSED
expect { connect 3 10.9.9.9:80 } fails ENETUNREACH
expect { bind 3 10.9.9.9:80 } fails EADDRNOTAVAIL
socket unix stream
expect { connect 4 /tmp/nobody } fails ENOENT
expect { connect 4 /etc/passwd } fails ECONNREFUSED
expect { connect 4 @nobody } fails ECONNREFUSED
expect { bind 4 /tmp/no/such } fails ENOENT
expect { bind 4 /etc/passwd } fails EADDRINUSE
socket unix dgram; bind 5 /tmp/gram
expect { connect 4 /tmp/gram } fails EPROTOTYPE
expect { connect 1 @nobody } fails ENOTSOCK
