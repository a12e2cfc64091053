# proc_sys_poll(): who polls hostname or domainname is told once when either of all systems' is set
open -m r /proc/sys/kernel/hostname; open -m r /proc/sys/kernel/domainname
spawn --uts w
hostname a
expect { poll 3:in,pri } prints "POLLIN POLLPRI POLLERR"
expect { cat <&3 } prints "a"
w hostname b
expect { poll 3:pri } prints "POLLPRI POLLERR"
domainname d
expect { poll 3:pri 4:pri } prints "4: POLLPRI POLLERR"
as w { echo e > /proc/sys/kernel/domainname }
expect { poll 4:pri } prints "POLLPRI POLLERR"
expect { cat <&4 } prints "d"
spawn waits { poll 3:pri > /tmp/told; exit 0 }
w hostname c
expect { waitpid } prints "3 exited 0"
expect { cat /tmp/told } prints "POLLPRI POLLERR"
