# setgroups(2): takes CAP_SETGID, sorts them, and they count for files (path_resolution(7))
touch /tmp/g; chgrp 7 /tmp/g; chmod 640 /tmp/g
spawn w
w setgroups 9 7 7
w setgid 1000
w setuid 1000
expect { w id -G } prints "1000 7 9"
expect { cat /proc/2/status } matches /Groups:\t7 7 9 /
expect { w setgroups } fails EPERM
w cat /tmp/g
expect { as w echo x > /tmp/g } fails EACCES
