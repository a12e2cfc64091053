# mq_overview(7): a descriptor is closed by execve, and inherited by children
mq_open -c /q > /dev/null
spawn child
child mq_send 3 hello
expect { mq_receive 3 } prints "hello"
expect { child readlink /proc/self/fd/3 } matches /\/q$/
mkfifo /tmp/go
spawn w { exec ls /proc/self/fd > /tmp/fds }
expect { cat /tmp/fds } matches /^0\n1\n2\n3$/
exec 3<&-
spawn v { exec ls /proc/self/fd > /tmp/fds }
expect { cat /tmp/fds } matches /^0\n1\n2\n3$/
