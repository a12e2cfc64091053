# credentials(7), tcsetpgrp(3): a background group that calls tcsetpgrp is stopped by SIGTTOU
spawn parent
parent spawn child
child setpgid 0 0
as child { tcsetpgrp 3 } &
expect { parent waitpid --untraced } prints "3 stopped TTOU"
expect { tcgetpgrp } matches /^1$/
