# exit(3), setpgid(2): a stopped group that becomes orphaned is sent SIGHUP, then SIGCONT
spawn parent
parent { setsid; spawn member }
member { setpgid 0 0; sigprocmask --block HUP CONT }
kill -STOP member
parent exit
expect { grep State /proc/3/status } prints "S (sleeping)"
expect { member sigpending } matches /^HUP\nCONT$/
expect { member getppid } prints "1"
