# setsid(2), ksys_setsid(): EPERM too while a group of the caller's number has members, dead or not
spawn -n 2 w
setpgid w.1 0
setpgid w.2 w.1
setpgid w.1 1
expect { w.1 setsid } fails EPERM
w.2 exit
expect { w.1 setsid } fails EPERM
wait w.2
expect { w.1 setsid }
