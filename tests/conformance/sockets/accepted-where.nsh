# unix_stream_connect(): what is accepted is in the network namespace of who connected
socket unix stream; bind 3 /tmp/door; listen 3
spawn --net web
web { socket unix stream; connect 4 /tmp/door }
expect { accept 3 } prints "4"
expect { grep -c /tmp/door /proc/net/unix } prints "1"
expect { web grep -c /tmp/door /proc/net/unix } prints "1"
exec 3>&-; web exec 3>&-
expect { grep -c /tmp/door /proc/net/unix || true } prints "0"
expect { grep -c /tmp/door /proc/2/net/unix } prints "1"
send 4 hello
expect { web recv 4 } prints "hello"
