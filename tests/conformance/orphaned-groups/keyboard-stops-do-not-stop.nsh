# signal(7), is_current_pgrp_orphaned(): SIGTSTP, SIGTTIN and SIGTTOU stop no orphaned group
spawn leader
leader setsid
for signal in TSTP TTIN TTOU { kill -$signal leader }
expect { grep State /proc/2/status } prints "S (sleeping)"
expect { leader sigpending } prints ""
kill -STOP leader
expect { grep State /proc/2/status } prints "T (stopped)"
