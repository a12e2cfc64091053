# flush_sigqueue_mask(): what is ignored, taken back or continued past counts no longer
def queued { sed -n 's/^SigQ:.//p' /proc/2/status }
spawn a
a { setuid 4321; sigprocmask --block 40 TSTP CONT; prlimit --sigpending=9 }
kill -40 --queue 1 a
kill -40 --queue 1 a
kill -TSTP a
expect { queued } prints "3/9"
kill -CONT a
expect { queued } prints "3/9"
kill -TSTP a
expect { queued } prints "3/9"
a trap 40 ignore
expect { queued } prints "1/9"
a { trap TSTP ignore; sigprocmask --unblock TSTP; timer create -s USR1; trap USR1 { true } }
expect { queued } prints "1/9"
a { sigprocmask --block USR1; timer settime --absolute 0 0.000000001 }
a { exec sleep infinity } &
expect { cat /proc/2/comm } prints "sleep"
expect { queued } prints "0/9"
