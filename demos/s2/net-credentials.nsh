#: # Who is at the other end?
#:
#: Among the leftovers of the pid namespace, say the notes of 2007, "complex ones: af unix
#: credentials". A socket tells a process who has connected, and a process has a number in each pid
#: namespace: which is told?
profile mainline
socketpair dgram
socket unix stream
bind 5 /tmp/door
listen 5
spawn --pid web
as web { socket unix stream; connect 6 /tmp/door }

#: **SO_PEERCRED** keeps the process, not a number. It becomes one when somebody asks: pid 2 here,
#: where web's own first process calls itself 1.
expect { accept 5 } prints "6"
expect { getsockopt 6 peercred } prints "2 0 0"
expect { web getpid } prints "1"

#: From inside, the listener has no number at all. 0 says: somebody out of sight.
expect { web getsockopt 6 peercred } prints "0 0 0"

#: **SCM_CREDENTIALS** goes with a message, and the kernel vouches for it. Again each reader is
#: told in its own numbers; a thread of messages through three levels shows it.
setsockopt 4 passcred 1
as web spawn --pid deep
as deep { send 3 "from two levels below" }
expect { recv -c 4 } matches /two levels below\n3 0 0/
as web { send 3 "one" }
expect { deep recv -c 4 } matches /one\n0 0 0/
as deep { send 3 "two" }
expect { web recv -c 4 } matches /two\n2 0 0/
as deep { send 3 "three" }
expect { deep recv -c 4 } matches /three\n1 0 0/

#: Who has the right to may speak for another process, but only for one that it can see.
as web send -c 2,0,0 3 "for deep"
expect { recv -c 4 } matches /for deep\n3 0 0/
expect { web send -c 3,0,0 3 "for nobody" } fails ESRCH

#: Nobody asked for credentials when this was sent: no pid, and the overflow uid.
setsockopt 4 passcred 0
send 3 unasked
setsockopt 4 passcred 1
expect { recv -c 4 } matches /unasked\n0 65534 65534/

# Shows N5, P2.
