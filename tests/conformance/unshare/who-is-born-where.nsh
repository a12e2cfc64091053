# pid_namespaces(7): grandchildren are born where their parents live, not where a setting led once
spawn mover
mover { unshare --pid; spawn inner }
inner spawn leaf
mover setns /proc/self/ns/pid
mover spawn outer
expect { leaf getpid } matches /^2$/
expect { outer getpid } matches /^5$/
expect { outer getppid } matches /^2$/
