# raw_seq_show(): a raw socket's protocol stands for its port; one that is disconnected is not found
ip link set lo up
socket inet raw
socket inet raw
bind 3 127.0.0.1:9
connect 4 127.0.0.1:7
expect { wc -l < /proc/net/raw } prints "3"
expect { grep -c ' 0100007F:0001 0100007F:0000 01 00000000:00000000 ' /proc/net/raw } prints "1"
expect { tail -n 1 /proc/net/raw } matches / 0100007F:0001 00000000:0000 07 .* 2 [0-9a-f]* 0$/
chown 7 /proc/self/fd/3
expect { tail -n 1 /proc/net/raw } matches / 7  +0 /
expect { grep -c drops /proc/net/icmp } prints "1"
expect { ls /proc/self/net/raw /proc/self/net/icmp }
connect -u 4
expect { wc -l < /proc/net/raw } prints "2"
send --to 127.0.0.1:0 4 12345678
expect { poll -t 0 3 } prints POLLIN
expect { recv -n 4 } fails EAGAIN
