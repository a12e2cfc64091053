# proc_pid_root(5): who sees a task reaches the instance that is mounted for it, and its terminals
spawn --mount web
web mount -t devpts -o ptmxmode=666 devpts /dev/pts
web openpty -m
web openpty -m
expect { ls /dev/pts } prints "ptmx"
expect { ls /proc/2/root/dev/pts } matches /^0\s+1\s+ptmx$/
echo from-outside > /proc/2/root/dev/pts/1
expect { as web head -n 1 <&4 } matches /^from-outside/
expect { openpty -m -n -p /proc/2/root/dev/ptmx } prints "/proc/2/root/dev/pts/2"
expect { web ls /dev/pts } matches /^0\s+1\s+2\s+ptmx$/
