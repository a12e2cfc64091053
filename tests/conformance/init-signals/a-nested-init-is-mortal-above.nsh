# pid_namespaces(7): an init is protected in its own namespace only, not in its parent's
spawn --pid outer
outer spawn --pid inner
outer spawn child
expect { child kill -KILL 2 }
expect { outer waitpid 2 } prints "2 killed KILL"
