# unix(7), SCM_RIGHTS: a socket that is passed on stays in its own network namespace
spawn --net web
web ip link set lo up
socketpair stream
spawn --net helper
web socket inet stream
web { bind 3 127.0.0.1:80; listen 3 }
socket inet stream
expect { connect 5 127.0.0.1:80 } fails ENETUNREACH
helper { socket inet dgram; send -f 5 3 here }
expect { recv -f 1 4 } matches /^here\n6$/
expect { send -t 127.0.0.1:53 6 x } fails ENETUNREACH
