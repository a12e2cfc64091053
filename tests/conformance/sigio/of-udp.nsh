# udp_err(): of udp the owner is told of datagrams, and who is connected of a refusal
spawn told { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
def own(fd) { fcntl $fd F_SETOWN told; fcntl $fd F_SETSIG 40; fcntl $fd F_SETFL O_ASYNC }
unshare --net
ip link set lo up
for fd in 3 4 { socket inet dgram > /dev/null; own $fd }
bind 3 127.0.0.1:53
send --to 127.0.0.1:53 4 a
expect { news } prints "3:1 "
connect 4 127.0.0.1:53
send 4 b
expect { news } prints "3:1 "
exec 3<&-
send 4 c
expect { news } prints "4:4 "
expect { recv 4 } fails ECONNREFUSED
socket inet dgram > /dev/null
own 3
send --to 127.0.0.1:53 3 a
expect { news } prints ""
