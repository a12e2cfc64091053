# credentials(7), tty(4): the session of init has its console as terminal, the group in front is init's
expect { tcgetpgrp } matches /^1$/
expect { tcgetsid } matches /^1$/
spawn child
expect { child tcgetpgrp } matches /^1$/
expect { cut -d ' ' -f 8 /proc/2/stat } matches /^1$/
