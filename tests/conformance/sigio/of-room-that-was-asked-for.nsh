# unix_dgram_poll(), unix_poll(): who polls for room and finds none is told, but not of a stream
spawn told { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
def own(fd) { fcntl $fd F_SETOWN told; fcntl $fd F_SETSIG 40; fcntl $fd F_SETFL O_ASYNC }
def crowd(fd) { n=0; while [ $n -lt 20 ] { send $fd $x; n=$((n + 1)) } }
def drain(fd) { while recv --nonblock $fd > /dev/null { true } }
x=$(yes x | tr -d '\n' | head -c 4000)
touch /tmp/log
for type in seqpacket stream { socketpair $type > /dev/null }
own 3
own 5
crowd 3
drain 4
expect { news } prints ""
crowd 3
crowd 5
poll -t 0 3:in 5:in 5:out || true
drain 4
drain 6
expect { news } prints ""
crowd 3
poll -t 0 3:out || true
drain 4
expect { news } prints "3:2 "
