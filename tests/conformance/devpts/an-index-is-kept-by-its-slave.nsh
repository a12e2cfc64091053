# pty_unix98_remove(), devpts_kill_index(): an index is free when both sides are closed, not before
openpty
exec 3<&-
expect { ls /dev/pts } prints "ptmx"
expect { stat -L -c '%t:%T %h %i' /proc/self/fd/4 } prints "88:0 0 3"
expect { readlink /proc/self/fd/4 } prints "/dev/pts/0 (deleted)"
expect { openpty -m } prints "3 /dev/pts/1"
exec 3<&- 4<&-
expect { openpty } prints "3 4 /dev/pts/0"
