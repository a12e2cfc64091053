# sigaction(2), SIG_DFL: a handler may be taken away again
spawn child
child { trap TERM { true } }
kill -TERM child
expect { waitpid --nohang } matches /^0$/
child { trap TERM default }
kill -TERM child
expect { waitpid } prints "2 killed TERM"
