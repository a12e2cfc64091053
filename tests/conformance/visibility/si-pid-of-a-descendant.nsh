# pid_namespaces(7), sigaction(2): a parent hears of its child's death by the number it knows
trap CHLD { echo "$SI_PID $SI_STATUS" > /tmp/heard }
spawn first
spawn --pid inner
expect { inner getpid } prints "1"
inner exit 9
expect { cat /tmp/heard } prints "3 9"
expect { waitpid 3 } prints "3 exited 9"
