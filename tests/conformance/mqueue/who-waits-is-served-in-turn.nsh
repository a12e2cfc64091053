# pipelined_send(), pipelined_receive(): a message for the longest waiter, room for the next sender
mq_open -c --maxmsg 1 --msgsize 9 /q > /dev/null
spawn a { mq_receive 3 > /tmp/a }
spawn b { mq_receive 3 > /tmp/b }
mq_send 3 one
expect { cat /tmp/a } prints "one"
expect { cat /tmp/b } prints ""
mq_send 3 two
expect { cat /tmp/b } prints "two"
mq_send 3 full
spawn c { mq_send 3 low; echo c >> /tmp/sent }
spawn d { mq_send -p 9 3 high; echo d >> /tmp/sent }
expect { mq_receive 3 } prints "full"
expect { cat /tmp/sent } prints "c"
expect { mq_receive 3 } prints "low"
expect { mq_receive 3 } prints "high"
