# sigaction(2), signal(7): an ignored signal is dropped, unless it is blocked: then it waits
spawn child
child { trap USR1 ignore }
kill -USR1 child
expect { child sigpending } prints ""
child sigprocmask --block USR1
kill -USR1 child
expect { child sigpending } prints "USR1"
child { trap USR1 ignore }
expect { child sigpending } prints ""
