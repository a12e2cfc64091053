# setfsuid(2): replies the old one, never fails, and takes along what is about files (CAP_FS_SET)
spawn w
expect { w setfsuid 1000 } prints "0"
expect { w setfsuid -1 } prints "1000"
expect { getpcaps 2 } matches /-e/
expect { as w true > /etc/x } fails EACCES
expect { w kill -0 1 }
expect { w setfsuid 0 } prints "1000"
w touch /etc/x
w setuid 1000
expect { w setfsuid 5 } prints "1000"
expect { w setfsuid -1 } prints "1000"
