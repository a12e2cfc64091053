# unix_dgram_disconnected(): datagrams tell of what comes, and of a peer that has found another
spawn told { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
def own(fd) { fcntl $fd F_SETOWN told; fcntl $fd F_SETSIG 40; fcntl $fd F_SETFL O_ASYNC }
socketpair dgram > /dev/null
own 3
own 4
send 3 a
expect { news } prints "4:1 "
shutdown 3 rdwr
expect { news } prints ""
socketpair dgram > /dev/null
own 5
own 6
send 5 a
expect { news } prints "6:1 "
socket unix dgram > /dev/null
bind 7 @third
connect 6 @third
expect { news } prints "5:4 "
exec 6<&-
expect { news } prints ""
