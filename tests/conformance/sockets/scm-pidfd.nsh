# unix(7), SCM_PIDFD: a descriptor of who has sent it, in sight or not, gone or not
# since Linux 6.16
socketpair seqpacket
setsockopt 4 passpidfd 1
expect { getsockopt 4 passpidfd } prints "1"
spawn --pid --mount-proc web
web send 3 from-inside
expect { recv -P 4 } matches /^from-inside\n5$/
expect { grep NSpid: /proc/self/fdinfo/5 } matches /^NSpid:\t2\t1$/
send 3 from-outside
expect { web recv -P 4 } matches /^from-outside\n5$/
expect { web grep NSpid: /proc/self/fdinfo/5 } matches /^NSpid:\t0$/
web send -c 1,0,0 3 claimed
web send -f 3 3 file
expect { recv -P 4 } matches /^claimed\n6$/
web exit; waitpid 2
expect { recv -f 1 -P 4 } matches /^file\n7\n8$/
expect { grep id: /proc/self/fdinfo/8 } matches /^Pid:\t-1\nNSpid:\t-1$/
send 3 one
expect { recv -c 4 } matches /^one\n-$/
expect { setsockopt 4 passcred 1; send 3 both; recv -c -P 4 } matches /^both\n1 0 0\n[0-9]+$/
socket inet stream
expect { setsockopt 10 passpidfd 1 } fails ENOTSUP
expect { getsockopt 10 passpidfd } fails ENOTSUP
