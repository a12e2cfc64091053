# mqueue_read_file(), __do_notify(): who is told and by whom, in the numbers of who looks or is told
mkdir /dev/mqueue
mount -t mqueue none /dev/mqueue
mq_open -c /q > /dev/null
spawn --pid inner
inner { trap USR1 { echo "by $SI_PID $SI_CODE $SI_VALUE" >> /tmp/told }; mq_notify -v 7 3 }
expect { cat /dev/mqueue/q } matches /NOTIFY_PID:2 /
inner spawn child
expect { child cat /dev/mqueue/q } matches /NOTIFY_PID:1 /
spawn --pid other
expect { other cat /dev/mqueue/q } matches /NOTIFY_PID:0 /
mq_send 3 hello
expect { cat /tmp/told } prints "by 0 -3 7"
mq_receive 3
inner mq_notify 3
child mq_send 3 again
expect { cat /tmp/told } matches /\nby 2 -3 0$/
