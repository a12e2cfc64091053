# signal(7), prepare_signal(): SIGCONT throws pending stops away, a stop a pending SIGCONT
spawn child
child sigprocmask --block TSTP TTIN CONT
kill -TSTP child
kill -TTIN child
expect { child sigpending } matches /^TSTP\nTTIN$/
kill -CONT child
expect { child sigpending } matches /^CONT$/
kill -TSTP child
expect { child sigpending } matches /^TSTP$/
