# tcp(7): one side has finished, the other goes on; a reset follows what comes too late
ip link set lo up
socket inet stream; bind 3 127.0.0.1:80; listen 3
socket inet stream; connect 4 127.0.0.1:80
expect { accept 3 } prints "5"
shutdown 4 wr
expect { recv 5 || echo end } prints "end"
send 5 answer
expect { recv 4 } prints "answer"
expect { ss -tnH } matches /CLOSE-WAIT .*\n.*|FIN-WAIT-2/
exec 4>&-
expect { send -s 5 late }
expect { send -s 5 later } fails EPIPE
expect { getpeername 5 } fails ENOTCONN
