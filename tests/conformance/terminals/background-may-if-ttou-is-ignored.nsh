# tcsetpgrp(3): a background group that ignores or blocks SIGTTOU may put itself in front
spawn child
child { setpgid 0 0; sigprocmask --block TTOU; tcsetpgrp 2 }
expect { tcgetpgrp } matches /^2$/
spawn other
other { setpgid 0 0; trap TTOU ignore; tcsetpgrp 3 }
expect { tcgetpgrp } matches /^3$/
