# sigaction(2), errors: EINVAL for SIGKILL and SIGSTOP; sigprocmask(2) ignores a wish to block them
spawn child
expect { child trap KILL { true } } fails EINVAL
expect { child trap STOP ignore } fails EINVAL
child sigprocmask --block KILL STOP TERM
expect { child sigprocmask } matches /^TERM$/
kill -KILL child
expect { waitpid } prints "2 killed KILL"
