# release_task(), de_thread(): what a thread alone was sent counts until that thread has gone
def queued { sed -n 's/^SigQ:.//p' /proc/2/status }
spawn a
a { setuid 4321; sigprocmask --block 40 41; prlimit --sigpending=9; spawn --thread t }
a spawn --thread other
kill -40 --thread 2 2
kill -40 --thread 3 2
kill -41 --thread 3 2
kill -40 --thread 4 2
kill -41 a
expect { queued } prints "5/9"
as 4 exit --thread
expect { queued } prints "4/9"
as t { exec sleep infinity } &
expect { cat /proc/2/comm } prints "sleep"
expect { queued } prints "3/9"
expect { grep SigPnd /proc/2/status } prints "SigPnd:	0000018000000000"
