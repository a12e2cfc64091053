# kill(2), pid -1: the init of the caller's namespace is left out, and so is the caller
spawn --pid inner
inner { spawn -n 2 w; trap USR1 { echo init > /tmp/told } }
w.1 kill -USR1 -1
expect { inner waitpid --nohang 2 } matches /^0$/
expect { inner waitpid 3 } prints "3 killed USR1"
expect { cat /tmp/told } fails ENOENT
