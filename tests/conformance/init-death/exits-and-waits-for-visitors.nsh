# zap_pid_ns_processes(): an init that exits by itself waits in that for visitors' zombies as well
spawn --pid inner
spawn visitor
visitor setns /proc/2/ns/pid
visitor spawn child
inner exit 3
expect { grep State /proc/4/status } prints "Z (zombie)"
expect { waitpid --nohang 2 } matches /^0$/
expect { visitor spawn late } fails ENOMEM
visitor waitpid
expect { waitpid } prints "2 exited 3"
