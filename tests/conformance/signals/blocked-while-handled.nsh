# sigaction(2), sa_mask: the signal that is handled is blocked until its handler returns
spawn child
child { trap USR1 { sigprocmask > /tmp/inside } }
kill -USR1 child
expect { cat /tmp/inside } matches /^USR1$/
expect { child sigprocmask } prints ""
