# get_signal(): an init that was killed has taken SIGKILL off when it waits for its namespace's end
unshare --pid
spawn inner
spawn visitor
kill -KILL --thread 2 2
expect { grep SigPnd /proc/2/status } prints "0000000000000000"
expect { grep State /proc/3/status } prints "Z (zombie)"
expect { waitpid --nohang 2 } matches /^0$/
expect { waitpid } prints "3 killed KILL"
expect { waitpid } prints "2 killed KILL"
