# icmp_rcv(), icmp_echo(): an echo with a wrong checksum is not answered; its code comes back
ip link set lo up
socket -n inet raw
send -t 127.0.0.1:0 3 "$(printf '\010\001\365\375\001\001\001\001')"
expect { recv 3 } matches /^E/
expect { recv -n 3 } fails EAGAIN
send -t 127.0.0.1:0 3 "$(printf '\010\001\365\374\001\001\001\001')"
recv 3 > /dev/null
recv 3 > /tmp/reply
expect { tail -c 9 /tmp/reply | head -c 2 | tr '\000\001' oi } prints "oi"
