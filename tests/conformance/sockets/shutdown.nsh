# shutdown(2): an end that is shut for sending is the other's end of file
socketpair stream
send 3 before
shutdown 3 wr
expect { recv 4 } prints "before"
expect { recv 4 || echo end } prints "end"
expect { send -s 3 x } fails EPIPE
send 4 back
expect { recv 3 } prints "back"
expect { shutdown 4 rdwr }
ip link set lo up
socket inet stream
expect { shutdown 5 } fails ENOTCONN
