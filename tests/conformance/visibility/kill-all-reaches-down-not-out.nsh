# kill(2), pid -1: everybody I can see but init and myself: descendants' namespaces are included
spawn bystander
spawn --pid inner
inner spawn -n 2 child
inner kill -KILL -1
expect { inner waitpid 2 } prints "2 killed KILL"
expect { inner waitpid 3 } prints "3 killed KILL"
expect { inner kill -0 -1 } fails ESRCH
kill -KILL -1
expect { waitpid 2 } prints "2 killed KILL"
expect { waitpid 3 } prints "3 killed KILL"
