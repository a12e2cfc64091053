# unix(7), tcp(7): who sends to nobody is sent SIGPIPE, unless it says MSG_NOSIGNAL
socketpair stream
exec 4>&-
expect { send -s 3 x } fails EPIPE
spawn victim
victim { send 3 x } &
wait || true
trap PIPE { echo piped }
expect { send 3 x } fails EPIPE
socketpair dgram
exec 5>&-
expect { send 4 x } fails ECONNREFUSED
expect { send 4 x } fails ENOTCONN
