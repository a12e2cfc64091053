# do_msgsnd(), ss_wakeup(): who waits for room goes on when it fits, whoever came before
msgget
msgctl -b 10 0
msgsnd 0 1234567890
spawn large { msgsnd 0 123456789; echo large >> /tmp/sent }
spawn small { msgsnd 0 12; echo small >> /tmp/sent }
msgsnd -n 0 x || echo refused >> /tmp/sent
expect { cat /tmp/sent } prints "refused"
msgrcv 0
expect { ipcs -q } matches / 9 +1 +$/
msgctl -b 11 0
expect { cat /tmp/sent } matches /^refused\nlarge\nsmall$/
expect { msgrcv 0 } prints "123456789"
expect { msgrcv 0 } prints "12"
