# mq_notify(3): one process, for one message that finds the queue empty and nobody waiting
mkdir /dev/mqueue
mount -t mqueue none /dev/mqueue
mq_open -c /q > /dev/null
spawn n { trap USR1 { echo told >> /tmp/told }; mq_notify 3 }
expect { cat /dev/mqueue/q } matches /^QSIZE:0 +NOTIFY:0 +SIGNO:10 +NOTIFY_PID:2 +$/
expect { mq_notify 3 } fails EBUSY
expect { n mq_notify 3 } fails EBUSY
mq_send 3 one
expect { cat /tmp/told } prints "told"
expect { cat /dev/mqueue/q } matches /^QSIZE:3 +NOTIFY:0 +SIGNO:0 +NOTIFY_PID:0 +$/
n mq_notify 3
mq_send 3 two
repeat 2 { mq_receive 3 }
spawn r { mq_receive 3 > /tmp/r }
mq_send 3 three
expect { cat /tmp/r } prints "three"
expect { cat /tmp/told } prints "told"
mq_send 3 four
expect { cat /tmp/told } matches /^told\ntold$/
