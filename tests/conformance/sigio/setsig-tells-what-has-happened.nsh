# fcntl(2), F_SETSIG: the signal that was chosen tells the descriptor, and what has happened to it
mknod /tmp/fifo p
spawn told { trap RTMIN IO { echo "$SIGNAL $SI_CODE $SI_FD $SI_BAND $SI_PID" >> /tmp/log } }
touch /tmp/log
open /tmp/fifo > /dev/null
open -m r --nonblock /tmp/fifo > /dev/null
open -m w /tmp/fifo > /dev/null
for end in 4 5 { fcntl $end F_SETOWN told; fcntl $end F_SETSIG RTMIN; fcntl $end F_SETFL O_ASYNC }
echo one >&5
expect { tail -n 1 /tmp/log } prints "RTMIN 1 4 65 0"
head -n 1 <&4 > /dev/null
expect { tail -n 1 /tmp/log } prints "RTMIN 2 5 772 0"
exec 3<&- 4<&-
expect { tail -n 1 /tmp/log } prints "RTMIN 2 5 772 0"
expect { wc -l < /tmp/log } prints "3"
open /tmp/fifo > /dev/null
fcntl 3 F_SETOWN told
fcntl 3 F_SETFL O_ASYNC
echo two >&5
expect { tail -n 1 /tmp/log } prints "IO 128 0 0 0"
