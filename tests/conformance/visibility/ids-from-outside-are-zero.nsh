# pid_namespaces(7), pid_nr_ns(): a parent, group or session out of sight has the number 0
spawn --pid --mount-proc inner
expect { inner getpid } prints "1"
expect { inner getppid } matches /^0$/
expect { inner getpgrp } matches /^0$/
expect { inner getsid } matches /^0$/
expect { inner cut -d ' ' -f 4-6 /proc/1/stat } prints "0 0 0"
expect { cut -d ' ' -f 4-6 /proc/2/stat } prints "1 1 1"
