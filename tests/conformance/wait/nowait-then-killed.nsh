# wait(2), signal(7): a stop that was never told is forgotten when the child dies
spawn child
kill -STOP child
kill -KILL child
expect { waitpid --untraced } prints "2 killed KILL"
expect { waitpid } fails ECHILD
