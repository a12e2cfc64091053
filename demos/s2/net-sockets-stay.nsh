#: # Which network does a socket belong to?
#:
#: To the one it was made in. Not to whoever holds it now.
profile mainline
ip link set lo up
spawn server
as server { socket inet stream; bind 3 127.0.0.1:80; listen 3 }

#: The server walks away into a network namespace of its own, and takes the socket along.
as server unshare --net
expect $(readlink /proc/self/ns/net) != $(server readlink /proc/self/ns/net)

#: The socket has not moved. Here it is found; there it is not even shown.
expect { ss -tlnH } matches /127\.0\.0\.1:80/
expect { server ss -tlnH } prints ""
socket inet stream
connect 3 127.0.0.1:80
expect { server accept 3 } prints "4"
as server send 4 "from a namespace without a network"
expect { recv 3 } prints "from a namespace without a network"

#: A new one is made where the server is now, and there is nothing.
as server socket inet stream
expect { server connect 5 127.0.0.1:80 } fails ENETUNREACH

#: So a helper can make a socket here, and hand it in: SCM_RIGHTS over a pair of Unix sockets.
socketpair stream
spawn --net --pid inside
socket inet stream
send 4 "take this" -f 6
expect { inside recv -f 1 5 } matches /take this\n6/
expect { inside connect 6 127.0.0.1:80 }

#: **Paths are not the network's.** A Unix socket with a path is found through mounts; one with an
#: abstract name (here with an @) belongs to the network namespace.
socket unix stream
bind 7 /tmp/door
listen 7
socket unix stream
bind 8 @door
listen 8
as inside { socket unix stream; socket unix stream }
expect { inside connect 7 /tmp/door }
expect { inside connect 8 @door } fails ECONNREFUSED

#: In a mount namespace with another /tmp, there is no such path, whatever the network.
spawn --mount apart
as apart { mount -t tmpfs none /tmp; socket unix stream; socket unix stream }
expect { apart connect 9 /tmp/door } fails ENOENT
expect { apart connect 10 @door }

# Shows N6.
