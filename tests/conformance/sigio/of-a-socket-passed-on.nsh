# fcntl(2), unix(7): owner, signal and O_ASYNC are an open file's, and go with it over a socket
spawn --pid inner { trap 40 { printf "$SI_FD:$SI_CODE " >> /tmp/log } }
socketpair stream > /dev/null
socketpair stream > /dev/null
fcntl 6 F_SETOWN inner
fcntl 6 F_SETSIG 40
fcntl 6 F_SETFL O_ASYNC
send --fd 6 3 it > /dev/null
exec 6<&-
spawn other
other recv --files 1 4 > /dev/null
other { { fcntl 6 F_GETOWN_EX; fcntl 6 F_GETSIG } > /tmp/owner }
expect { cat /tmp/owner } matches /^F_OWNER_PID 2\nRTMIN\+6$/
send 5 x
expect { cat /tmp/log } prints "6:1 "
