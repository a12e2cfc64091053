# unix(7), pathname sockets: the file is looked up through mounts, whatever the network namespace
socket unix stream; bind 3 /tmp/door; listen 3
spawn --mount apart
apart mount -t tmpfs none /tmp
apart socket unix stream
expect { apart connect 4 /tmp/door } fails ENOENT
expect { apart bind 4 /tmp/door }
socket unix stream
expect { connect 4 /tmp/door }
expect { stat -c %F /tmp/door } prints "socket"
rm /tmp/door
socket unix stream
expect { connect 5 /tmp/door } fails ENOENT
