# signal(7): SIGKILL ends a stopped process too
spawn child
kill -STOP child
kill -KILL child
expect { waitpid } prints "2 killed KILL"
