# pid_namespaces(7): an init's blocked signal is pending, and dropped when there is no handler then
spawn --pid inner
inner { sigprocmask --block TERM USR1; spawn child }
child kill -TERM 1
child kill -USR1 1
expect { inner sigpending } matches /^USR1\nTERM$/
inner { trap USR1 { echo handled > /tmp/told }; sigprocmask --unblock TERM USR1 }
expect { inner sigpending } prints ""
expect { cat /tmp/told } prints "handled"
