# fcntl(2), sock_wake_async(): a socket's owner is told of data, of shut ends, and of the other end
spawn told { trap 40 { printf "$SI_CODE " >> /tmp/log } }
def news { cat /tmp/log; printf '' > /tmp/log }
socketpair stream > /dev/null
expect { fcntl 4 F_SETFL O_ASYNC; fcntl 4 F_GETOWN } prints "0"
fcntl 4 F_SETOWN told
fcntl 4 F_SETSIG 40
send 3 a
send 3 b
expect { news } prints "1 1 "
recv 4 > /dev/null
shutdown 3 rd
expect { news } prints ""
shutdown 3 wr
expect { news } prints "1 "
shutdown 3 rdwr
expect { news } prints "6 "
exec 3<&-
expect { news } prints "6 "
