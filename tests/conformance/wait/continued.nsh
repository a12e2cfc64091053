# wait(2), WCONTINUED: so is a continuation; a stop that is over before anybody asked is not told
spawn child
kill -CONT child
expect { waitpid --nohang --continued } matches /^0$/
kill -STOP child
kill -CONT child
expect { waitpid --nohang --untraced } matches /^0$/
expect { waitpid --continued } prints "2 continued"
expect { waitpid --nohang --continued } matches /^0$/
