# __inet_check_established(), __inet_lookup(): two ends have one connection, found before listeners
ip link set lo up
socket inet stream; bind 3 127.0.0.1:80; listen 3
socket inet stream; setsockopt 4 reuseaddr 1; bind 4 127.0.0.1:1000
socket inet stream; setsockopt 5 reuseaddr 1; bind 5 0.0.0.0:1000
connect 4 127.0.0.1:80
expect { connect 5 127.0.0.1:80 } fails EADDRNOTAVAIL
expect { getsockname 5 } prints "0.0.0.0:1000"
expect { connect 5 127.0.0.2:80 } fails ECONNREFUSED
accept 3 > /dev/null
exec 6>&-; exec 4>&-
connect 5 127.0.0.1:80  # of the other there is nothing but its end
accept 3 > /dev/null
unshare --net
ip link set lo up
socket inet stream; setsockopt 6 reuseport 1; bind 6 127.0.0.1:80
socket inet stream; setsockopt 7 reuseport 1; bind 7 127.0.0.1:80
listen 6
connect 7 127.0.0.1:80
send 7 hello
expect { recv 7 } prints "hello"
expect { poll -t 0 6 } prints ""
