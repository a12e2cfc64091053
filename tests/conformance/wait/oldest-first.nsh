# do_wait(): of several dead children the one that was born first is found first
spawn -n 4 w
for name in w.4 w.2 w.3 w.1 { $name exit }
expect { waitpid } prints "2 exited"
expect { waitpid } prints "3 exited"
expect { waitpid } prints "4 exited"
expect { waitpid } prints "5 exited"
