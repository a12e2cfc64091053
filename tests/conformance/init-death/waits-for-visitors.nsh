# zap_pid_ns_processes(): a dying init stays until the zombies that others must reap are gone
unshare --pid
spawn inner
spawn visitor
kill -KILL inner
expect { grep State /proc/3/status } prints "Z (zombie)"
expect { waitpid --nohang 2 } matches /^0$/
expect { spawn late } fails ENOMEM
expect { waitpid } prints "3 killed KILL"
expect { waitpid } prints "2 killed KILL"
