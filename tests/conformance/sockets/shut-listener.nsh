# tcp_rcv_state_process(): who listens and has shut its end to send finishes each connection
ip link set lo up
socket inet stream; bind 3 127.0.0.1:80
expect { shutdown 3 wr } fails ENOTCONN
listen 3
socket inet stream; connect 4 127.0.0.1:80
expect { recv 4 || echo end } prints "end"
expect { accept 3 } prints "5"
expect { send 4 hello }
expect { recv 5 } prints "hello"
