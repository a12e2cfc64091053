# proc_pid_status(5), SigBlk, SigIgn, SigCgt: bit N-1 of a mask stands for signal N
spawn child
child { sigprocmask --block HUP TERM; trap USR1 ignore; trap USR2 { true } }
expect { grep SigBlk /proc/2/status } prints "0000000000004001"
expect { grep SigIgn /proc/2/status } prints "0000000000000200"
expect { grep SigCgt /proc/2/status } prints "0000000000000800"
