# pid_namespaces(7): SIGKILL and SIGSTOP from an ancestor namespace work
spawn --pid inner
kill -STOP inner
expect { waitpid --untraced } prints "2 stopped STOP"
kill -CONT inner
expect { waitpid --continued } prints "2 continued"
kill -KILL inner
expect { waitpid } prints "2 killed KILL"
