# pidfs_register_pid(): who has sent or connected has registered, and how it ends is kept for
# whoever gets its descriptor from the socket when it has been reaped; since Linux 6.17
socketpair seqpacket
setsockopt 4 passcred 1
socket unix stream; bind 5 /tmp/door; listen 5
spawn web
web { send 3 first; send 3 second; socket unix stream; connect 6 /tmp/door; exit 3 }
waitpid 2
setsockopt 4 passpidfd 1
expect { recv -P 4 } matches /^first\n6$/
expect { ioctl 6 PIDFD_GET_INFO } fails ESRCH
expect { ioctl 6 PIDFD_GET_INFO 8 } prints "exit_code=768"
exec 6<&-
expect { recv -P 4 } matches /^second\n6$/
expect { accept 5; getsockopt 7 peerpidfd } matches /^7\n8$/
for fd in 6 8 { expect { ioctl $fd PIDFD_GET_INFO 8 } prints "exit_code=768" }
socketpair stream
spawn other
other { socket unix seqpacket; bind 11 /tmp/gate; listen 11; send -f 11 10 it }
kill -KILL other; wait
recv -f 1 9; socket unix seqpacket
connect 12 /tmp/gate
getsockopt 12 peerpidfd
expect { ioctl 13 PIDFD_GET_INFO 8 } prints "exit_code=9"
