# pidfd_open(2): /proc/PID/fd/N opens such a file anew, in any mode, for its owner, who is root
# (as since Linux 6.18)
spawn --thread thread
pidfd open --thread thread > /dev/null
open -m r /proc/self/fd/3 > /dev/null
expect { grep flags /proc/self/fdinfo/3 } prints "flags:	02000202"
expect { grep flags /proc/self/fdinfo/4 } prints "flags:	0100000"
expect { echo > /proc/self/fd/3 } fails ENOTSUP
expect { echo >> /proc/self/fd/3 } fails EINVAL
spawn child
pidfd open child > /dev/null
open -m w /proc/self/fd/5 > /dev/null
expect { test /proc/self/fd/5 -ef /proc/self/fd/6 }
expect { grep NSpid /proc/self/fdinfo/6 } prints "NSpid:	3"
pidfd signal 6 KILL
expect { waitpid -P 6 } prints "3 killed KILL"
open -m r /proc/self/fd/6 > /dev/null
expect { pidfd poll 7 } prints "POLLIN POLLHUP"
spawn user
user setuid 1000; user prctl dumpable 1
expect { user open /proc/self/fd/5 } fails EACCES
