# fifo_open(), pipe_poll(): who reads before any writer has come is not hung up on
mknod /tmp/fifo p
open -m r --nonblock /tmp/fifo > /dev/null
expect { poll -t 0 3 } prints ""
echo hello > /tmp/fifo
expect { poll -t 0 3:IN,OUT } prints "3: POLLIN POLLHUP"
open -m r --nonblock /tmp/fifo > /dev/null
expect { poll -t 0 3 4 } matches /^3: POLLIN POLLHUP\n4: POLLIN$/
expect { cat <&4 } prints "hello"
expect { poll -t 0 4 3:out } prints "3: POLLHUP"
open /tmp/fifo > /dev/null
expect { poll -t 0 3 4 5:OUT,PRI } prints "5: POLLOUT"
exec 5<&-
expect { poll -t 0 4 } prints "4: POLLHUP"
expect { poll -t 0 9 } prints "9: POLLNVAL"
