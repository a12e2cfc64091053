# unix(7), SCM_RIGHTS: an open file is passed on, and with it its offset; no room: MSG_CTRUNC
echo content > /tmp/file
socketpair stream
spawn other
exec 5< /tmp/file
send -f 5 3 take
expect { other recv -f 1 4 } matches /^take\n5$/
expect { other cat <&5 } prints "content"
expect { cat <&5 } prints ""
send -f 5 3 again
expect { other recv 4 } prints "again"
expect { send -f 77 3 none } fails EBADF
expect { recv -n 4 } fails EAGAIN
