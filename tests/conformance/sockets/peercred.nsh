# unix(7), SO_PEERCRED: who connected, or listened, in the reader's numbers; 0 where out of sight
socket unix stream; bind 3 /tmp/door; listen 3
expect { getsockopt 3 peercred } matches /^1 0 0$/
spawn --pid web
web { socket unix stream; connect 4 /tmp/door }
expect { web getsockopt 4 peercred } prints "0 0 0"
expect { accept 3 } prints "4"
expect { getsockopt 4 peercred } prints "2 0 0"
spawn plain
plain { socket unix stream }
expect { plain getsockopt 5 peercred } prints "0 -1 -1"
web spawn child
expect { child getsockopt 4 peercred } prints "0 0 0"
