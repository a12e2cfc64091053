# msgop(2), msgctl(2): msgmax for one message; msg_qbytes bytes, and as many messages, for a queue
msgget
echo 10 > /proc/sys/kernel/msgmax
expect { msgsnd 0 12345678901 } fails EINVAL
msgsnd 0 1234567890
msgctl -b 15 0
expect { msgsnd -n 0 123456 } fails EAGAIN
msgsnd -n 0 12345
expect { msgsnd -n 0 } prints ""
expect { ipcs -q -i 0 } matches /cbytes=15\tqbytes=15\tqnum=3/
echo 3 > /proc/sys/kernel/msgmnb
expect $(msgget) == 1
repeat 3 { msgsnd -n 1 }
expect { msgsnd -n 1 } fails EAGAIN
echo 2 > /proc/sys/kernel/msgmni
expect { msgget } fails ENOSPC
