# mq_open(3), proc_sys_fs(5): how many messages of what size, by default and at most
expect { mq_open -c --maxmsg 0 /q } fails EINVAL
expect { mq_open -c --msgsize 0 /q } fails EINVAL
expect { mq_open -c --maxmsg 65537 /q } fails EINVAL
expect { mq_open -c --msgsize 16777217 /q } fails EINVAL
echo 3 > /proc/sys/fs/mqueue/msg_default
echo 128 > /proc/sys/fs/mqueue/msgsize_default
expect { mq_getattr $(mq_open -c /q) } prints "flags=0 maxmsg=3 msgsize=128 curmsgs=0"
expect { echo 127 > /proc/sys/fs/mqueue/msgsize_max } fails EINVAL
expect { echo 0 > /proc/sys/fs/mqueue/msg_max } fails EINVAL
expect { echo 65537 > /proc/sys/fs/mqueue/msg_max } fails EINVAL
mq_open -c --maxmsg 2 --msgsize 3 /r > /dev/null
expect { mq_send 4 four } fails EMSGSIZE
mq_send 4 abc
expect { mq_getattr 4 } prints "flags=0 maxmsg=2 msgsize=3 curmsgs=1"
spawn --ipc web
expect { web cat /proc/sys/fs/mqueue/msg_default } prints "10"
