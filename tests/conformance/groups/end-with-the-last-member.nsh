# credentials(7): a group lives as long as any member, its leader or not; nobody joins a dead one
spawn -n 2 w
spawn late
setpgid w.1 0
setpgid w.2 w.1
w.1 exit
waitpid 2
expect { setpgid late 2 }
w.2 exit
waitpid 3
expect { kill -0 -2 }
setpgid late 1
expect { kill -0 -2 } fails ESRCH
expect { setpgid late 2 } fails EPERM
