# listen(2): one more than the backlog wait; a Unix stream refuses the next with EAGAIN
socket unix stream; bind 3 @door; listen 3 1
socket unix stream; connect 4 @door
socket unix stream; connect 5 @door
socket -n unix stream
expect { connect 6 @door } fails EAGAIN
expect { accept 3 } prints "7"
expect { connect 6 @door }
socket unix stream
expect { listen 8 } fails EINVAL
socket unix dgram
expect { listen 9 } fails ENOTSUP
