# sk_reuseport_match(), inet_csk_update_fastreuse(): a tcp port stays as shared as who bound to it
# last, or listened there, was then; SO_REUSEADDR, and udp, go by what the sockets say now
ip link set lo up
socket inet stream; setsockopt 3 reuseport 1; bind 3 :80; setsockopt 3 reuseport 0
socket inet stream; expect { bind 4 :80 } fails EADDRINUSE
setsockopt 4 reuseport 1; bind 4 :80
exec 3<&-; setsockopt 4 reuseport 0; socket inet stream; setsockopt 3 reuseport 1; bind 3 :80
exec 3<&-; listen 4
socket inet stream; setsockopt 3 reuseport 1; expect { bind 3 :80 } fails EADDRINUSE
exec 3<&- 4<&-
socket inet stream; setsockopt 3 reuseport 1; bind 3 127.0.0.1:80; setsockopt 3 reuseport 0
socket inet stream; setsockopt 4 reuseport 1; expect { bind 4 :80 } fails EADDRINUSE
bind 4 127.0.0.1:80
setresuid 0 1000 0; socket inet stream; setresuid 0 0 0; setsockopt 5 reuseport 1
expect { bind 5 127.0.0.1:80 } fails EADDRINUSE
exec 3<&- 4<&- 5<&-
socket inet stream; setsockopt 3 reuseaddr 1; bind 3 :80; setsockopt 3 reuseaddr 0
socket inet stream; setsockopt 4 reuseaddr 1; expect { bind 4 :80 } fails EADDRINUSE
setsockopt 3 reuseaddr 1; bind 4 :80
socket inet dgram; setsockopt 5 reuseport 1; bind 5 :80; setsockopt 5 reuseport 0
socket inet dgram; setsockopt 6 reuseport 1; expect { bind 6 :80 } fails EADDRINUSE
