# kill(2), errors: EINVAL for a number that is no signal, once the process has been found
spawn child
expect { kill -s 65 2 } fails EINVAL
expect { kill -s -1 2 } fails EINVAL
expect { kill -s 65 99 } fails ESRCH
expect { kill -s 64 2 }
expect { waitpid } matches /2 killed/
