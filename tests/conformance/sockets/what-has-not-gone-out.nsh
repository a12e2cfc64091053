# SIOCOUTQ(), unix_outq_len(): a socket tells what of its sending buffer is in use, as TIOCOUTQ
socketpair dgram
expect { ioctl 3 TIOCOUTQ } prints "0"
send 3 hello
sent=$(ioctl 3 TIOCOUTQ)
expect { ioctl 4 FIONREAD } prints "5"
send 3 hello
expect $(ioctl 3 TIOCOUTQ) == $((2 * sent))
recv 4; recv 4
expect { ioctl 3 TIOCOUTQ } prints "0"
ip link set lo up
socket inet stream; bind 5 127.0.0.1:80; listen 5
expect { ioctl 5 TIOCOUTQ } fails EINVAL
expect { ioctl 5 FIONREAD } fails EINVAL
socket inet stream; connect 6 127.0.0.1:80; send 6 hello
expect { ioctl 6 TIOCOUTQ } prints "0"
pidfd open 1
expect { ioctl 7 TIOCOUTQ } fails ENOTTY
