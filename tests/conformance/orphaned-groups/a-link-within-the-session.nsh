# credentials(7), will_become_orphaned_pgrp(): a parent in another group of the session is the link
spawn leader
leader { setsid; subreaper on; spawn parent }
parent spawn member
member setpgid 0 0
kill -STOP member
parent exit
expect { grep State /proc/4/status } prints "T (stopped)"
