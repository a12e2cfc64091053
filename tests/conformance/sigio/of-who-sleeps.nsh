# sk_wait_data(): who sleeps in a read of a stream knows by waking; of messages the owner is told
spawn told { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
def own(fd) { fcntl $fd F_SETOWN told; fcntl $fd F_SETSIG 40; fcntl $fd F_SETFL O_ASYNC }
socketpair stream > /dev/null
own 4
touch /tmp/log
spawn reader { recv 4 > /dev/null; exit }
news
send 3 a
wait reader
expect { news } prints ""
socketpair seqpacket > /dev/null
own 6
spawn reader { recv 6 > /dev/null; exit }
news
send 5 a
wait reader
expect { news } prints "6:1 "
