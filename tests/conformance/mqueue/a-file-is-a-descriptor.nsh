# mq_overview(7): a message queue descriptor is a file descriptor, and open(2) of the file makes one
mkdir /dev/mqueue
mount -t mqueue none /dev/mqueue
mq_open -c /q > /dev/null
exec 8< /dev/mqueue/q
mq_send 3 hello
expect { mq_send 8 x } fails EBADF
expect { mq_receive 8 } prints "hello"
expect { mq_receive 1 } fails EBADF
expect { mq_send 99 x } fails EBADF
expect { readlink /proc/self/fd/3 } matches /\/q$/
