# kill(2), pid -1: to everybody but init and the caller; ESRCH if that is nobody
expect { kill -TERM -1 } fails ESRCH
spawn -n 2 w
w.1 kill -TERM -1
expect { waitpid 3 } prints "3 killed TERM"
expect { waitpid --nohang 2 } matches /^0$/
kill -TERM -1
expect { waitpid 2 } prints "2 killed TERM"
expect { kill -TERM -1 } fails ESRCH
