# wait(2): with SIGCHLD ignored wait sleeps until all children have ended, then fails with ECHILD
spawn parent { trap CHLD ignore; spawn -n 2 w; waitpid || echo nobody > /tmp/told }
kill -KILL 3
expect { cat /tmp/told } fails ENOENT
kill -KILL 4
expect { cat /tmp/told } prints "nobody"
