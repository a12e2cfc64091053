# pts(4), devpts_kill_index(): an index is taken until both sides are closed
spawn a
spawn b
a openpty -n
as b { sleep 9 < /dev/pts/0 } &
a exit
expect { ls /dev/pts } prints "ptmx"
expect { openpty -n } prints "/dev/pts/1"
