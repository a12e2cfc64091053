# credentials(7), free_pid(): a dead leader's number stays taken as long as its group has members
spawn -n 2 w
setpgid w.1 0
setpgid w.2 2
w.1 exit
wait w.1
expect { kill -0 2 } fails ESRCH
expect { kill -0 -2 }
expect { spawn --set-tid 2 late } fails EEXIST
w.2 exit
wait
spawn --set-tid 2 late
expect $! == 2
