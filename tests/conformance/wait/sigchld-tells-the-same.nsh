# sigaction(2), SIGCHLD: si_pid, si_code and si_status say what wait will say
trap CHLD { echo "$SI_PID $SI_CODE $SI_STATUS" > /tmp/told }
spawn child
kill -STOP child
expect { cat /tmp/told } prints "2 5 19"
kill -CONT child
expect { cat /tmp/told } prints "2 6 18"
child exit 9
expect { cat /tmp/told } prints "2 1 9"
spawn other
kill -KILL other
expect { cat /tmp/told } prints "3 2 9"
