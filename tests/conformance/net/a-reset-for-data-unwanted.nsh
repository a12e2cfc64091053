# tcp_rcv_state_process(): whoever has shut both ends, and is sent data, resets the connection
ip link set lo up
socket -n inet stream; bind 3 127.0.0.1:80; listen 3
socket -n inet stream; connect 4 127.0.0.1:80 || true
accept -n 3 > /dev/null
shutdown 4 rdwr
send -s 5 word
expect { send -s 5 more } fails EPIPE
expect { getpeername 5 } fails ENOTCONN
expect { getsockopt 5 error } prints "0"
expect { poll -t 0 4 } prints "4: POLLIN POLLERR POLLHUP"
expect { getsockopt 4 error } prints "104"
exec 4>&-; exec 5>&-
socket -n inet stream; connect 4 127.0.0.1:80 || true
accept -n 3 > /dev/null
shutdown 4 rd  # takes data all the same, until it finishes
send 5 word
expect { getpeername 5 } matches /127.0.0.1/
shutdown 4 wr
send 5 more
expect { getpeername 5 } fails ENOTCONN
expect { recv 4 } prints "word"
