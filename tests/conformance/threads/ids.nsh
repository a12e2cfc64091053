# gettid(2), credentials(7): all threads of a process share its pid; each has a tid of its own
spawn db
db spawn --thread reader
expect { reader getpid } matches /^2$/
expect { reader gettid } matches /^3$/
expect { db gettid } matches /^2$/
expect { reader getppid } matches /^1$/
spawn next
expect $! == 4
