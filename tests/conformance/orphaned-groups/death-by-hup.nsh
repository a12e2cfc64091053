# exit(3): a stopped member that does not handle SIGHUP dies of it
subreaper off
spawn parent
parent { setsid; spawn member }
member setpgid 0 0
kill -STOP member
parent exit
expect { waitpid 3 } prints "3 killed HUP"
