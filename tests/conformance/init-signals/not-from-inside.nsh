# pid_namespaces(7): from its namespace an init gets only signals it handles, not even SIGKILL
spawn --pid --mount-proc inner
inner spawn child
for signal in KILL STOP TERM TSTP SEGV { expect { child kill -$signal 1 } }
expect { waitpid --nohang --untraced } matches /^0$/
expect { grep State /proc/2/status } prints "S (sleeping)"
