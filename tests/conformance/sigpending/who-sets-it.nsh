# prlimit(2): who has not all ids of a process, or CAP_SYS_RESOURCE over it, is refused
def limit(pid) { sed -n 's/^SigQ:.*\///p' /proc/$pid/status }
spawn a
a { setuid 4321; setgid 0; prlimit --sigpending=5:9 }
expect { limit 2 } prints "5"
expect { a prlimit --sigpending=9:10 } fails EPERM
a prlimit --sigpending=6:7
expect { limit 2 } prints "6"
expect { a prlimit --sigpending=6:9 } fails EPERM
expect { a prlimit --pid 1 --sigpending=5 } fails EPERM
expect { a prlimit --pid 99 --sigpending=5 } fails ESRCH
expect { a prlimit --pid 1 --nofile } fails EPERM
as a spawn b
expect { limit 3 } prints "6"
as 3 spawn --thread t
a prlimit -p 4 --sigpending=1
expect { a prlimit -p 3 -i -o soft --noheadings } prints "1"
expect { limit 2 } prints "6"
spawn root
root setgroups
root setresuid 4321 4321 0
expect { a prlimit -p root --sigpending=0 } fails EPERM
root setresuid 4321 4321 4321
a prlimit -p root --sigpending=0
