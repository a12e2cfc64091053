# unix_stream_connect(), unix_release_sock(): who listens is told of a connection, not of accept
spawn told { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
def own(fd) { fcntl $fd F_SETOWN told; fcntl $fd F_SETSIG 40; fcntl $fd F_SETFL O_ASYNC }
socket unix stream > /dev/null
bind 3 @here
own 3
listen 3 0
socket unix stream > /dev/null
own 4
expect { news } prints ""
connect 4 @here
expect { news } prints "3:1 "
accept 3 > /dev/null
expect { news } prints ""
expect { fcntl 5 F_GETFL } prints "O_RDWR"
socket unix stream > /dev/null
own 6
connect 6 @here
expect { news } prints "3:1 "
exec 3<&-
expect { news } prints "6:6 "
exec 5<&-
expect { news } prints "4:6 "
