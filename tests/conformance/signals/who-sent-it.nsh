# sigaction(2), siginfo_t: the sender's pid and uid; si_code tells kill from sigqueue and tgkill
spawn child
child { trap USR1 { echo "$SI_PID $SI_UID $SI_CODE $SI_VALUE" > /tmp/told } }
kill -USR1 child
expect { cat /tmp/told } prints "1 0 0 0"
kill -USR1 --queue 7 child
expect { cat /tmp/told } prints "1 0 -1 7"
spawn sender
sender kill -USR1 --thread 2 2
expect { cat /tmp/told } prints "3 0 -6 0"
