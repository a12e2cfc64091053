# signal(7): SIGTSTP may be ignored, SIGSTOP may not
spawn child
child { trap TSTP ignore }
kill -TSTP child
expect { grep State /proc/2/status } prints "S (sleeping)"
kill -STOP child
expect { grep State /proc/2/status } prints "T (stopped)"
