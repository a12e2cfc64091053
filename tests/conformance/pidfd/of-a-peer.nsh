# unix(7), SO_PEERPIDFD: a descriptor of who is at the other end, in sight or not, gone or not
# (as since Linux 6.18)
socket unix stream; bind 3 /tmp/door; listen 3
spawn --pid web
web { socket unix stream; connect 4 /tmp/door }
accept 3 > /dev/null
expect { getsockopt 3 peerpidfd } prints "5"
expect { getsockopt 4 peerpidfd } prints "6"
expect { grep NSpid /proc/self/fdinfo/5 } prints "NSpid:	1"
expect { grep NSpid /proc/self/fdinfo/6 } prints "NSpid:	2	1"
expect { grep flags /proc/self/fdinfo/6 } prints "flags:	02000002"
expect { web getsockopt 4 peerpidfd } prints "5"
expect { web pidfd signal 5 0 } fails EINVAL
web exit 0
expect { waitpid -P 6 } prints "2 exited 0"
expect { getsockopt 4 peerpidfd } prints "7"
expect { pidfd poll 7 } prints "POLLIN POLLHUP"
expect { pidfd signal 7 0 } fails ESRCH
spawn plain
plain { socket unix stream; socket inet stream }
expect { plain getsockopt 8 peerpidfd } fails ENODATA
expect { plain getsockopt 9 peerpidfd } fails ENODATA
