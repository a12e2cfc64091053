# pid_namespaces(7), sigaction(2): si_pid is in the receiver's numbers, 0 for who is out of sight
spawn --pid inner
inner { trap USR1 { echo "from $SI_PID" > /tmp/heard } }
kill -USR1 2
expect { cat /tmp/heard } prints "from 0"
inner spawn child
expect { child kill -USR1 1 }
expect { cat /tmp/heard } prints "from 2"
