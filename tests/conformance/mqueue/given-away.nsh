# simple_setattr(): queues and their directory can be given away to other users
mkdir /dev/mqueue
mount -t mqueue none /dev/mqueue
mq_open -c -m 600 --maxmsg 10 --msgsize 8192 /q
spawn w; w setgid 1000; w setuid 1000
expect { w mq_open -r /q } fails EACCES
chown 1000:1000 /dev/mqueue/q
expect { stat -c '%u %g %a' /dev/mqueue/q } prints "1000 1000 600"
w mq_open -r /q
expect { w chown 1001 /dev/mqueue/q } fails EPERM
expect { w mq_unlink /q }
chown 1000:1000 /dev/mqueue
chmod 700 /dev/mqueue
expect { stat -c '%u %g %a' /dev/mqueue } prints "1000 1000 700"
expect { w mq_open -c /mine }
