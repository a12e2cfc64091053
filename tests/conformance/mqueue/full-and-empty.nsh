# mq_send(3), mq_receive(3), mq_getattr(3): O_NONBLOCK or a time limit instead of waiting
mq_open -c --maxmsg 1 --msgsize 9 /q > /dev/null
mq_open -n /q > /dev/null
expect { mq_receive 4 } fails EAGAIN
expect { mq_receive -t 0 3 } fails ETIMEDOUT
expect { mq_receive -t 0.01 3 } fails ETIMEDOUT
mq_send 4 one
expect { mq_send 4 two } fails EAGAIN
expect { mq_send -t 0.01 3 two } fails ETIMEDOUT
expect { mq_getattr 4 } prints "flags=O_NONBLOCK maxmsg=1 msgsize=9 curmsgs=1"
expect { mq_getattr -b 4 } prints "flags=O_NONBLOCK maxmsg=1 msgsize=9 curmsgs=1"
expect { mq_getattr 4 } prints "flags=0 maxmsg=1 msgsize=9 curmsgs=1"
mq_getattr -n 3
expect { mq_send 3 two } fails EAGAIN
