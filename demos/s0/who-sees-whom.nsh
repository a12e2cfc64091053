#: # Who sees whom
#:
#: "Only processes/task belonging to the same container 'see' each other. The exception is an
#: implied default system container that has a global view."
profile franke-2005
spawn sshd
spawn postgres
spawn cron
as sshd { echo web > /proc/container }
as postgres { echo db > /proc/container }
as sshd spawn -n 2 httpd

#: The system container: all six.
ps -e -o pid,cid,vpid,comm
expect { ps -e -o comm= } prints "postgres"
expect { ps -e -o comm= } prints "httpd.2"

#: Inside **web**: three. Inside **db**: one.
as web:1 ps -e -o pid,comm
as db:1 ps -e -o pid,comm
expect { as web:1 ps -e -o comm= } matches /^sshd\nhttpd.1\nhttpd.2$/
expect { as db:1 ps -e -o comm= } matches /^postgres$/

#: What is invisible does not exist: no /proc entry, no such process.
expect { as web:1 cat /proc/4/status } fails ENOENT
expect { as web:1 kill -0 5 } fails ESRCH
expect { as web:1 getsid 99 } fails ESRCH
expect { as db:1 ls -d /proc/1 } prints "/proc/1"

#: Relations end at the border too: the parent of *sshd* is `init`, which *sshd* cannot name.
expect { as sshd getppid } prints "0"
expect { as httpd.1 getppid } prints "1"
expect { as sshd getpgrp } prints "0"

# Shows P3, P4.
