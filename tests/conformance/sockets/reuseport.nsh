# socket(7), SO_REUSEPORT: who all say so share a port; SO_REUSEADDR does not suffice to listen
ip link set lo up
socket inet stream; setsockopt 3 reuseport 1; bind 3 :80; listen 3
socket inet stream; setsockopt 4 reuseport 1
expect { bind 4 :80 }
expect { listen 4 }
socket inet stream; setsockopt 5 reuseaddr 1; bind 5 :81
socket inet stream; setsockopt 6 reuseaddr 1; bind 6 :81
listen 5
expect { listen 6 } fails EADDRINUSE
socket inet stream
expect { bind 7 127.0.0.1:80 } fails EADDRINUSE
expect { setsockopt 7 passcred 1 } fails ENOTSUP
