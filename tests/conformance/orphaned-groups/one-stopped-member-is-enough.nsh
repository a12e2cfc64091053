# has_stopped_jobs(): one stopped member brings SIGHUP on all
spawn parent
parent { setsid; spawn -n 2 w }
as parent { setpgid w.1 0; setpgid w.2 w.1 }
kill -STOP w.2
parent exit
expect { waitpid w.1 } prints "3 killed HUP"
expect { waitpid w.2 } prints "4 killed HUP"
