# wait(2), WNOHANG: 0 when there are children, but no news of them
spawn child
expect { waitpid --nohang } matches /^0$/
expect { waitpid --nohang 2 } matches /^0$/
expect { waitpid --nohang 0 } matches /^0$/
expect { waitpid --nohang -1 } matches /^0$/
child exit 1
expect { waitpid --nohang } prints "2 exited 1"
