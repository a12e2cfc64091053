# credentials(7), tty(4): init's session has its console as terminal, with its group in front
expect { tcgetpgrp } matches /^1$/
expect { tcgetsid } matches /^1$/
spawn child
expect { child tcgetpgrp } matches /^1$/
expect { cut -d ' ' -f 8 /proc/2/stat } matches /^1$/
