# pid_namespaces(7): a process is visible in its namespace and in every ancestor, by a number each
spawn --pid --mount-proc outer
outer spawn --pid --mount-proc inner
inner spawn leaf
expect { leaf getpid } prints "2"
expect { grep NSpid /proc/4/status } prints "NSpid:	4	3	2"
expect { outer grep NSpid /proc/3/status } prints "NSpid:	3	2"
expect { inner grep NSpid /proc/2/status } matches /^NSpid:\t2$/
expect { outer kill -0 3 }
expect { inner kill -0 3 } fails ESRCH
