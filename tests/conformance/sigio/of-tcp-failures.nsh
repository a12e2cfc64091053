# __inet_stream_connect(): a connection refused is told, and that the socket may try again
spawn told { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
def own(fd) { fcntl $fd F_SETOWN told; fcntl $fd F_SETSIG 40; fcntl $fd F_SETFL O_ASYNC }
unshare --net
ip link set lo up
socket inet stream > /dev/null
own 3
expect { connect 3 127.0.0.1:80 } fails ECONNREFUSED
expect { news } prints "3:4 3:4 "
socket --nonblock inet stream > /dev/null
own 4
fcntl 4 F_SETFL O_ASYNC O_NONBLOCK
expect { connect 4 127.0.0.1:80 } fails EINPROGRESS
expect { news } prints "4:4 "
expect { connect 4 127.0.0.1:80 } fails ECONNREFUSED
expect { news } prints "4:4 "
socket inet stream > /dev/null
own 5
bind 5 127.0.0.1:81
connect 5 127.0.0.1:81
send 5 a
expect { news } prints "5:2 5:1 "
shutdown 5 wr
expect { news } prints "5:6 5:1 "
