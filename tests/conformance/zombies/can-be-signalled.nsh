# kill(2), "existing process might be a zombie": a signal finds it and changes nothing
spawn child
child exit 5
expect { kill -0 2 }
expect { kill -KILL 2 }
expect { waitpid 2 } prints "2 exited 5"
expect { kill -0 2 } fails ESRCH
