# signal(7): mq_receive goes on after a stop, or a handler with SA_RESTART, else fails with EINTR
mq_open -c /q > /dev/null
spawn a { trap --restart USR1 { echo told >> /tmp/a }; mq_receive 3 >> /tmp/a }
kill -USR1 a
mq_send 3 hello
expect { cat /tmp/a } matches /^told\nhello$/
spawn b { mq_receive 3 > /tmp/b }
kill -STOP b
mq_send 3 late
expect { mq_receive 3 } prints "late"
kill -CONT b
mq_send 3 later
expect { cat /tmp/b } prints "later"
spawn c { trap USR1 { echo told >> /tmp/c }; expect { mq_receive 3 } fails EINTR; echo c >> /tmp/c }
kill -USR1 c
expect { cat /tmp/c } matches /^told\nc$/
