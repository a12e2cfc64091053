# pid_namespaces(7): the namespaces inside die with the one around them
spawn --pid outer
outer spawn --pid inner
inner spawn leaf
expect { ps -e -o comm= } prints "leaf"
kill -KILL outer
expect { waitpid } prints "2 killed KILL"
expect { ps -e -o comm= } matches /^init$/
