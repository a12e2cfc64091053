# signal(7): a blocked signal is pending until it is unblocked; then it is delivered
spawn child
child sigprocmask --block TERM
kill -TERM child
expect { waitpid --nohang } matches /^0$/
expect { child sigpending } prints "TERM"
as child { sigprocmask --unblock TERM } || true
expect { waitpid } prints "2 killed TERM"
