# tcsetpgrp(3), tiocspgrp(): EPERM for a group elsewhere, ESRCH for none, EINVAL for a negative
spawn away
away setsid
expect { tcsetpgrp 2 } fails EPERM
expect { tcsetpgrp 99 } fails ESRCH
expect { tcsetpgrp -1 } fails EINVAL
expect { away tcsetpgrp 2 } fails ENOTTY
expect { tcgetpgrp } matches /^1$/
