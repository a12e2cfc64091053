# nsenter(1): enters the namespaces of a process, then forks so that the command is in the pid one
spawn --pid --uts inner
inner { hostname inner; spawn child }
expect { nsenter -t 2 -u hostname } prints "inner"
expect { nsenter -t 2 -p getpid } matches /^3$/
expect { nsenter -t 2 -p kill -0 2 }
expect $(hostname) != inner
