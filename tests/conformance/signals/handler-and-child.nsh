# fork(2), signal(7): a child's handlers are its own: to change them changes nothing in the parent
spawn parent
parent { trap TERM { true }; spawn child }
child { trap TERM default }
kill -TERM parent child
expect { parent waitpid } prints "3 killed TERM"
expect { waitpid --nohang } matches /^0$/
