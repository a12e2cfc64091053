# inet_bind(), ip4_datagram_connect(): EINVAL where too short, else EAFNOSUPPORT; some do not look
socket inet stream; socket inet dgram; socket unix stream; socketpair seqpacket
expect { bind 3 @x } fails EINVAL
expect { bind 3 @twelve-bytes } fails EINVAL
expect { bind 3 @thirteen-byte } fails EAFNOSUPPORT
expect { bind 3 /twelve-more } fails EINVAL
expect { bind 3 /twelve-bytes } fails EAFNOSUPPORT
expect { connect 3 @x } fails EINVAL
expect { connect 3 @thirteen-byte } fails EAFNOSUPPORT
expect { send --to @x 3 hi } fails EPIPE
expect { send --to @x 4 hi } fails EINVAL
expect { send --to @thirteen-byte 4 hi } fails EAFNOSUPPORT
expect { bind 4 0.0.0.0:0 } fails EINVAL
expect { bind 5 127.0.0.1:80 } fails EINVAL
expect { connect 5 127.0.0.1:80 } fails EINVAL
expect { send --to 127.0.0.1:80 5 hi } fails ENOTSUP
expect { send --to 127.0.0.1:80 6 hi }
expect { recv 7 } prints "hi"
