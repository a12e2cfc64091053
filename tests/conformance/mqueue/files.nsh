# mq_overview(7): what can be done with the files, and what they say
mkdir /dev/mqueue
mount -t mqueue none /dev/mqueue
expect $(stat -c %a:%s:%h /dev/mqueue) == 1777:40:2
mq_open -c -m 640 --maxmsg 3 --msgsize 10 /q > /dev/null
expect $(stat -c %a:%s:%h /dev/mqueue/q) == 640:80:1
expect $(stat -c %s /dev/mqueue) == 60
mq_send 3 hello
expect { cat /dev/mqueue/q } matches /^QSIZE:5          NOTIFY:0     SIGNO:0     NOTIFY_PID:0     $/
expect { echo x > /dev/mqueue/q } fails EINVAL
expect $(stat -c %s /dev/mqueue/q) == 0
touch /dev/mqueue/made
expect { mq_getattr $(mq_open /made) } prints "flags=0 maxmsg=10 msgsize=8192 curmsgs=0"
expect { mkdir /dev/mqueue/d } fails EPERM
expect { mkfifo /dev/mqueue/f } fails EPERM
expect { ln -s q /dev/mqueue/l } fails EPERM
expect { ln /dev/mqueue/q /dev/mqueue/l } fails EPERM
expect { mv /dev/mqueue/q /dev/mqueue/p } fails EPERM
chmod 600 /dev/mqueue/q
expect { ls -l /dev/mqueue/q } matches /^-rw-------/
