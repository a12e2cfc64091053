# proc_pid_stat(5): pid, name in parentheses, state, then ppid, pgrp, session
spawn child
child { prctl name 'a b)c('; setpgid 0 0 }
expect { cat /proc/2/stat } matches /^2 \(a b\)c\(\) S 1 2 1 /
expect { wc -w < /proc/1/stat } matches /^52$/
