# kill(2), pid 0: to every process in the caller's group, the caller included
spawn leader
leader { setpgid 0 0; spawn member; trap USR1 { echo leader > /tmp/told } }
spawn stranger
leader kill -USR1 0 || true
expect { waitpid --nohang stranger } matches /^0$/
expect { cat /tmp/told } prints "leader"
expect { leader waitpid } prints "3 killed USR1"
