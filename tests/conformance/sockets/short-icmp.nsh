# raw_probe_proto_opt(), icmp_filter(): EFAULT without type and code, and no header is shown to none
ip link set lo up
socket inet raw; socket inet raw
bind 4 127.0.0.1:0
expect { send --to 127.0.0.1:0 3 x } fails EFAULT
expect { send --to 127.0.0.1:0 3 xx }
expect { send --to 127.0.0.1:0 3 1234567 }
expect { recv --nonblock 4 } fails EAGAIN
expect { send --to 127.0.0.1:0 3 12345678 }
expect { poll -t 0 4 } prints POLLIN
