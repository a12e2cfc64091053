# fcntl_locking(2), EINTR: F_SETLKW goes on behind a handler with SA_RESTART, and else fails
open -c /tmp/f
setlk write 3
spawn a
a trap USR1 { echo handled > /tmp/h }
a trap --restart USR2 { echo again > /tmp/h }
a { setlk -w write 3 || echo $? > /tmp/s } &
kill -USR2 2
expect { cat /tmp/h } prints "again"
expect { cat /proc/locks } matches /-> POSIX/
kill -USR1 2
expect { cat /tmp/h } prints "handled"
expect { cat /tmp/s } prints "1"
expect { a getlk write 3 } prints "write 0 0 pid 1"
