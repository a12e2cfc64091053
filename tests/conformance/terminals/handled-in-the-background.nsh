# tty_check_change(): a background process that handles SIGTTOU is interrupted, not stopped
spawn parent
parent spawn child
child setpgid 0 0
as child { trap TTOU { echo handled }; expect { tcsetpgrp 3 } fails EINTR }
