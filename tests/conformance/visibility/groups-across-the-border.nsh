# pid_namespaces(7): a group that is led from inside has a number there, and another one outside
spawn --pid --mount-proc inner
inner setpgid 0 0
expect { inner getpgrp } prints "1"
expect $(getpgid 2) == 2
expect { inner grep NSpgid /proc/1/status } matches /^NSpgid:\t1$/
expect { grep NSpgid /proc/2/status } prints "NSpgid:	2	1"
