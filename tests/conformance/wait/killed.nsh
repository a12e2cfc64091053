# wait(2), WTERMSIG: the signal that ended a child is told; an nsh status adds 128 to it
spawn -n 2 w
kill -TERM w.1
kill -KILL w.2
expect { waitpid w.1 } prints "2 killed TERM"
wait w.2
expect $? == 137
