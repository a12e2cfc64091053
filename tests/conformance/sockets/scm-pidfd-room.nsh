# recvmsg(2), SCM_PIDFD: open files come first, and take its room; a full table has none
# since Linux 6.16
socketpair dgram
send 3 early
setsockopt 4 passpidfd 1
expect { recv -P 4 } matches /^early\n-$/
send -f 3 3 file
expect { recv -f 0 -P 4 } matches /^file\n5\n-$/
socketpair stream
setsockopt 7 passpidfd 1
send 6 mine
spawn web
web send 6 its
expect { recv -P 7 } matches /^mine\n[0-9]+$/
expect { recv -P 7 } matches /^its\n[0-9]+$/
