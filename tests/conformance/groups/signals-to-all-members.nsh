# kill(2), pid -PGRP: to every member of the group; ESRCH if it has none
spawn -n 3 w
setpgid w.1 0
setpgid w.2 w.1
kill -TERM -2
expect { waitpid w.1 } prints "2 killed TERM"
expect { waitpid w.2 } prints "3 killed TERM"
expect { waitpid --nohang w.3 } matches /^0$/
expect { kill -TERM -2 } fails ESRCH
