# seq_user_ns(): /proc/PID/net/udp and its like tell users in the numbers of who opened the file
spawn --user --net u
echo '0 1000 10' > /proc/2/uid_map
echo '0 1000 10' > /proc/2/gid_map
u { setuid 3; socket inet dgram; bind 3 0.0.0.0:6000 }
u { socket inet stream; bind 4 0.0.0.0:6001; listen 4 }
spawn --user unmapped
expect { cat /proc/2/net/udp } matches /:1770 .* 1003  +0 /
expect { u cat /proc/net/udp } matches /:1770 .* 3  +0 /
expect { u cat /proc/net/tcp } matches /:1771 .* 3  +0 /
expect { unmapped cat /proc/2/net/tcp } matches /:1771 .* 65534  +0 /
open -m r /proc/2/net/udp
u open -m r /proc/net/udp
pidfd open u
pidfd getfd 4 5
expect { tail -n 1 <&5 } matches /:1770 .* 3  +0 /
expect { tail -n 1 <&3 } matches /:1770 .* 1003  +0 /
