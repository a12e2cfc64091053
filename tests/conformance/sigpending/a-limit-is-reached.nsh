# sigqueue(3), RLIMIT_SIGPENDING: EAGAIN of a real-time signal; others come, and tell nothing
def queued { sed -n 's/^SigQ:.//p' /proc/2/status }
spawn a
a { setuid 4321; sigprocmask --block 40 41 42 USR1 USR2 TERM; prlimit --sigpending=2 }
for signal in 40 41 USR1 USR2 TERM {
  a trap $signal { echo "$SIGNAL $SI_CODE $SI_PID $SI_VALUE" >> /tmp/log }
}
kill -40 --queue 7 a
kill -40 --queue 8 a
expect { kill -40 --queue 9 a } fails EAGAIN
expect { kill -42 --thread 2 2 } fails EAGAIN
kill -41 a
expect { queued } prints "2/2"
kill -USR1 a
expect { queued } prints "3/2"
kill -USR2 --thread 2 2
kill -TERM --queue 5 a
expect { queued } prints "3/2"
a sigprocmask --unblock 40 41 USR1 USR2 TERM
expect { grep -c . /tmp/log } prints "6"
expect { grep RTMIN /tmp/log | sort } matches /^RTMIN\+6 -1 1 7\nRTMIN\+6 -1 1 8\nRTMIN\+7 0 0 0$/
expect { grep -v RT /tmp/log | sort } matches /^TERM 0 0 0\nUSR1 0 1 0\nUSR2 0 0 0$/
expect { queued } prints "0/2"
