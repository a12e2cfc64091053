# signal(7): in an orphaned group a handler for SIGTSTP runs as ever; only the default is dropped
spawn leader
leader { setsid; trap TSTP { echo "caught $SIGNAL" > /tmp/told } }
kill -TSTP leader
expect { cat /tmp/told } prints "caught TSTP"
