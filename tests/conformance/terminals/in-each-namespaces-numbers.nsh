# pid_namespaces(7), tiocgpgrp(): the foreground group is told in the caller's numbers, or 0
spawn --pid inner
expect { inner tcgetpgrp } matches /^0$/
inner { setpgid 0 0; sigprocmask --block TTOU; tcsetpgrp 1 }
expect { inner tcgetpgrp } matches /^1$/
expect { tcgetpgrp } matches /^2$/
