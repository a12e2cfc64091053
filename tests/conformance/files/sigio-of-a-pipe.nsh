# fcntl(2), pipe_fasync(): a reader's owner is told of each write, a writer's of each read
mknod /tmp/fifo p
spawn told { trap IO { echo told >> /tmp/log } }
touch /tmp/log
open /tmp/fifo > /dev/null
open -m r --nonblock /tmp/fifo > /dev/null
open -m w /tmp/fifo > /dev/null
fcntl 4 F_SETFL O_ASYNC O_NONBLOCK
echo one >&5
expect { wc -l < /tmp/log } prints "0"
fcntl 4 F_SETOWN told
echo two >&5
expect { wc -l < /tmp/log } prints "1"
fcntl 5 F_SETOWN told
expect { head -n 2 <&4 } matches /^one\ntwo$/
expect { wc -l < /tmp/log } prints "1"
fcntl 5 F_SETFL O_ASYNC
expect { cat <&4 } fails EAGAIN
expect { wc -l < /tmp/log } prints "2"
exec 3<&-
exec 5<&-
expect { wc -l < /tmp/log } prints "3"
fcntl 4 F_SETFL
expect { grep flags /proc/self/fdinfo/4 } prints "flags:	0100000"
