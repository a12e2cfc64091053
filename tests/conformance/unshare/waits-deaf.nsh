# unshare(1), sigprocmask(2): who waits for the child of --fork leaves SIGINT and SIGTERM to it
unshare --pid --fork sleep infinity &
expect { ps -e -o pid,ppid,comm } matches /^ +3 +2 sleep$/
expect { grep SigBlk /proc/2/status } prints "0000000000004002"
expect { grep SigBlk /proc/3/status } prints "0000000000000000"
kill -INT 2
kill -TERM 2
expect { grep State /proc/2/status } prints "sleeping"
kill -TERM 3
expect { grep State /proc/3/status } prints "sleeping"
kill -KILL 3
# and what came meanwhile ends it then
expect { wait 2 || echo $? } prints "130"
