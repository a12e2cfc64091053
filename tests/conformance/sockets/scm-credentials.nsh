# unix(7), SCM_CREDENTIALS: the pid is that of the sender in the receiver's pid namespace
socketpair dgram
setsockopt 4 passcred 1
spawn --pid web
web send 3 from-inside
expect { recv -c 4 } matches /^from-inside\n2 0 0$/
expect { web getpid } prints "1"
send 3 from-outside
expect { web recv -c 4 } matches /^from-outside\n0 0 0$/
web send -c 1,0,0 3 claimed
expect { recv -c 4 } matches /^claimed\n2 0 0$/
expect { web send -c 99,0,0 3 nobody } fails ESRCH
expect { web send -c 1,-1,0 3 nobody } fails EINVAL
expect { web send -c -1,0,0 3 nobody } fails ESRCH
setsockopt 4 passcred 0
send 3 unasked
setsockopt 4 passcred 1
expect { recv -c 4 } matches /^unasked\n0 65534 65534$/
