# credentials(7): the file system ids own what one makes: files, queues, sockets
setfsuid 5; setfsgid 6
mq_open -c /q
socketpair stream
socket unix stream; bind 6 @x; listen 6
touch /tmp/f
for f in /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/6 /tmp/f {
    expect { stat -L -c '%u %g' $f } prints "5 6"
}
spawn w; w setfsuid 7; w { socket unix stream; connect 7 @x }
setfsuid 8
accept 6
expect { stat -L -c '%u %g' /proc/self/fd/7 } prints "8 6"
expect { w stat -L -c '%u %g' /proc/self/fd/7 } prints "7 6"
