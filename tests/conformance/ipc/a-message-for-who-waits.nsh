# pipelined_send(): a message goes to the first who waits for its type and has room for it
msgget
spawn two { msgrcv -t 2 0 > /tmp/two }
spawn small { msgrcv -s 1 0 2> /dev/null || echo failed > /tmp/small }
spawn any { msgrcv 0 > /tmp/any }
spawn last { msgrcv 0 > /tmp/last }
msgsnd -t 1 0 first
expect { cat /tmp/any } prints "first"
expect { cat /tmp/small } prints "failed"
msgsnd -t 2 0 second
expect { cat /tmp/two } prints "second"
expect { cat /tmp/last } prints ""
msgsnd -t 2 0 third
expect { cat /tmp/last } prints "third"
expect { msgrcv -n 0 } fails ENOMSG
