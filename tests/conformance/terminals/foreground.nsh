# tcsetpgrp(3): a group of the session may be put in front
spawn child
setpgid child 0
tcsetpgrp 2
expect { tcgetpgrp } matches /^2$/
expect { cut -d ' ' -f 8 /proc/1/stat } matches /^2$/
