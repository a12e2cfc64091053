# exit(3): a group that becomes orphaned while none of its members is stopped hears nothing
spawn parent
parent { setsid; spawn member }
member { setpgid 0 0; sigprocmask --block HUP CONT }
parent exit
expect { member sigpending } prints ""
expect { member getppid } prints "1"
