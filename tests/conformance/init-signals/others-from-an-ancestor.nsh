# pid_namespaces(7): all other signals from an ancestor do nothing without a handler
spawn --pid inner
for signal in TERM HUP INT QUIT SEGV TSTP TTIN USR1 { kill -$signal 2 }
expect { waitpid --nohang --untraced } matches /^0$/
expect { inner sigpending } prints ""
