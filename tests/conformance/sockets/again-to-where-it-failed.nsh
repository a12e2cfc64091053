# __inet_check_established(): a connection that has failed is in nobody's way, nor in its own
ip link set lo up
socket --nonblock inet stream
expect { connect 3 127.0.0.1:7000 } fails EINPROGRESS
bind 3 127.0.0.1:7001
expect { connect 3 127.0.0.1:7002 } fails ECONNREFUSED
expect { connect 3 127.0.0.1:7000 } fails EINPROGRESS
expect { connect 3 127.0.0.1:7000 } fails ECONNREFUSED
