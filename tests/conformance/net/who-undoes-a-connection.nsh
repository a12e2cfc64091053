# tcp_disconnect(): a connection that was begun or made is reset, and so is who undoes it
spawn --net a
ip link add v0 type veth peer name v1 netns a
ip addr add 10.0.0.1/24 dev v0; ip link set v0 up; a ip link set v1 up; ip link set lo up
socket inet stream; bind 3 127.0.0.1:80; listen 3
socket -n inet stream; connect 4 127.0.0.1:80 || true
accept 3 > /dev/null
connect -u 4
expect { poll -t 0 4 } prints "4: POLLERR POLLHUP"
expect { recv 5 } fails ECONNRESET
expect { connect 4 127.0.0.1:81 } fails EINPROGRESS
connect -u 4
expect { getsockopt 4 error } prints "111"
expect { connect 4 10.0.0.9:80 } fails EINPROGRESS
shutdown 4 wr  # undoes it, whichever end
expect { send -s 4 x } fails ECONNRESET
expect { recv 4 } fails ENOTCONN
expect { connect 4 10.0.0.9:80 } fails EINPROGRESS
expect { send 4 x } fails EAGAIN
connect -u 4
expect { recv 4 } fails ECONNRESET
expect { shutdown 4 wr } fails ENOTCONN
