# setsid(2), tty(4): a new session has no terminal until it takes one
spawn child
child setsid
expect { child tcgetpgrp } fails ENOTTY
expect { cut -d ' ' -f 7-8 /proc/2/stat } matches /^0 -1$/
expect { child { echo hello > /dev/tty } } fails ENXIO
