# mq_notify(3): with NULL, by closing any descriptor of the queue, and by the end of the process
mkdir /dev/mqueue
mount -t mqueue none /dev/mqueue
mq_open -c /q > /dev/null
spawn n { mq_open /q > /dev/null; mq_notify -N 3 }
expect { cat /dev/mqueue/q } matches /^QSIZE:0 +NOTIFY:1 +SIGNO:0 +NOTIFY_PID:2 +$/
mq_notify -r 3
expect { cat /dev/mqueue/q } matches /NOTIFY_PID:2 /
n mq_notify -r 4
expect { cat /dev/mqueue/q } matches /NOTIFY_PID:0 /
n { mq_notify 3; exec 4<&- }
expect { cat /dev/mqueue/q } matches /NOTIFY_PID:0 /
n { mq_notify 3; read line < /dev/mqueue/q }
expect { cat /dev/mqueue/q } matches /NOTIFY_PID:0 /
n mq_notify -s 0 3
expect { cat /dev/mqueue/q } matches /SIGNO:0 +NOTIFY_PID:2 /
n exit 0
expect { cat /dev/mqueue/q } matches /NOTIFY_PID:0 /
