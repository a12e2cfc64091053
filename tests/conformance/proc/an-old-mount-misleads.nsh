# pid_namespaces(7): in a new namespace the old /proc names processes that kill(2) does not find
spawn --pid inner
inner spawn child
expect { inner ls -d /proc/3 } prints "/proc/3"
expect { inner kill -0 3 } fails ESRCH
expect { inner kill -0 2 }
expect { inner ls /proc/2/task } matches /^2$/
