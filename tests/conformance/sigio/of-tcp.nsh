# tcp_fin(), tcp_reset(): of tcp the owner is told of a connection, data, the end, and a reset
spawn told { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
def own(fd) { fcntl $fd F_SETOWN told; fcntl $fd F_SETSIG 40; fcntl $fd F_SETFL O_ASYNC }
unshare --net; ip link set lo up
socket inet stream > /dev/null
own 3
bind 3 127.0.0.1:80; listen 3
for fd in 4 6 {
  socket inet stream > /dev/null; own $fd; connect $fd 127.0.0.1:80; accept 3; own $((fd + 1))
}
expect { news } prints "4:2 3:1 6:2 3:1 "
send 4 a
expect { news } prints "5:1 "
recv 5 > /dev/null
shutdown 4 wr
expect { news } prints "5:1 5:1 "
exec 5<&-
expect { news } prints "4:6 4:1 "
send 6 a
expect { news } prints "7:1 "
exec 7<&-
expect { news } prints "6:4 "
connect -u 3
expect { news } prints "3:4 "
