# fcntl(2), fasync_helper(): the signal tells the descriptor by which O_ASYNC was set, open or not
mknod /tmp/fifo p
spawn told { trap 40 { echo "$SI_FD" >> /tmp/log } }
open /tmp/fifo > /dev/null
fcntl 3 F_SETOWN told
fcntl 3 F_SETSIG 40
exec 7<&3
fcntl 7 F_SETFL O_ASYNC
fcntl 3 F_SETFL O_ASYNC
exec 7<&-
printf a >&3
expect { tail -n 1 /tmp/log } prints "7"
fcntl 3 F_SETFL
printf a >&3
expect { wc -l < /tmp/log } prints "1"
fcntl 3 F_SETFL O_ASYNC
printf a >&3
expect { tail -n 1 /tmp/log } prints "3"
