# execve(2), signal(7): handlers become the default; ignored, blocked and pending signals stay so
spawn child
child { trap USR1 { true }; trap USR2 ignore; sigprocmask --block TERM }
kill -TERM child
expect { grep SigCgt /proc/2/status } prints "0000000000000200"
as child { exec sleep infinity } &
expect { cat /proc/2/comm } prints "sleep"
expect { grep SigCgt /proc/2/status } prints "0000000000000000"
expect { grep SigIgn /proc/2/status } prints "0000000000000800"
expect { grep SigBlk /proc/2/status } prints "0000000000004000"
expect { grep ShdPnd /proc/2/status } prints "0000000000004000"
