# signal(7), "Stop" and "Cont": stopped until SIGCONT, whatever else is sent but SIGKILL
spawn child
kill -STOP child
expect { grep State /proc/2/status } prints "T (stopped)"
kill -TERM child
expect { grep State /proc/2/status } prints "T (stopped)"
expect { grep ShdPnd /proc/2/status } prints "0000000000004000"
kill -CONT child
expect { waitpid } prints "2 killed TERM"
