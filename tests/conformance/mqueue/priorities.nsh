# mq_send(3): the highest priority first, the oldest of each
mq_open -c /q > /dev/null
mq_send 3 a
mq_send -p 5 3 b
mq_send -p 5 3 c
mq_send -p 32767 3 d
expect { mq_receive -l 3 } prints "32767 d"
expect { mq_receive -l 3 } prints "5 b"
expect { mq_receive -l 3 } prints "5 c"
expect { mq_receive -l 3 } prints "0 a"
expect { mq_send -p 32768 3 x } fails EINVAL
expect { mq_receive -s 8191 3 } fails EMSGSIZE
