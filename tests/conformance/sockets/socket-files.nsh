# unix(7), open(2): a socket file is not opened; it outlives its socket, and can be replaced
socket unix stream; bind 3 /tmp/door; listen 3
expect { echo x < /tmp/door } fails ENXIO
expect { stat -c %a /tmp/door } prints "755"
expect { test -S /tmp/door }
ln -s /tmp/door /tmp/link
socket unix stream
expect { connect 4 /tmp/link }
exec 3>&-
socket unix stream
expect { connect 3 /tmp/door } fails ECONNREFUSED
expect { bind 3 /tmp/door } fails EADDRINUSE
rm /tmp/door
expect { bind 3 /tmp/door }
