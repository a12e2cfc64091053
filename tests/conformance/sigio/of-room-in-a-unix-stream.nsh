# unix_write_space(): there is room again, for who found none when it wrote without waiting
spawn told { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
def own(fd) { fcntl $fd F_SETOWN told; fcntl $fd F_SETSIG 40; fcntl $fd F_SETFL O_ASYNC }
socketpair stream > /dev/null
own 3
x=$(yes x | tr -d '\n' | head -c 4000)
fcntl 3 F_SETFL O_ASYNC O_NONBLOCK
c=0
while send 3 $x { c=$((c + 1)) }
expect { news } prints ""
while recv --nonblock 4 > /dev/null { true }
expect { news } prints "3:2 "
send 3 $x
recv 4 > /dev/null
expect { news } prints ""
