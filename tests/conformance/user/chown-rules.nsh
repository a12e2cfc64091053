# chown(2): giving away takes CAP_CHOWN; owners choose among their groups; set-id bits go
spawn w
w setgroups 7
w setresgid 1000 1000 1000
w setuid 1000
w touch /tmp/f
w chmod 6777 /tmp/f
expect { w chown 1001 /tmp/f } fails EPERM
expect { w chgrp 8 /tmp/f } fails EPERM
expect { w chown 0 /etc/passwd } fails EPERM
w chgrp 7 /tmp/f
expect { stat -c '%a %u %g' /tmp/f } prints "777 1000 7"
chmod 4755 /tmp/f
chown 5:6 /tmp/f
expect { stat -c '%a %u %g' /tmp/f } prints "755 5 6"
mkdir -m 2755 /tmp/d; chown 5 /tmp/d
expect { stat -c '%a %u %g' /tmp/d } prints "2755 5 0"
