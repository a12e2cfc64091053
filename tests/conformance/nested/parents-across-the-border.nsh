# pid_namespaces(7), getppid(2): 0 where the parent is outside
spawn --pid outer
outer spawn --pid inner
expect { outer getppid } matches /^0$/
expect { inner getppid } matches /^0$/
inner spawn leaf
expect { leaf getppid } matches /^1$/
expect { grep PPid /proc/3/status } prints "2"
