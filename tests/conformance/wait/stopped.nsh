# wait(2), WUNTRACED: a stop is told once, and only to who asks for it
spawn child
kill -STOP child
expect { waitpid --nohang } matches /^0$/
expect { waitpid --untraced } prints "2 stopped STOP"
expect { waitpid --nohang --untraced } matches /^0$/
kill -STOP child
expect { waitpid --nohang --untraced } matches /^0$/
