# simple_setattr(), sockfs_setattr(): pipes and sockets can be given away, and keep a mode
true | {
  chmod 4711 /proc/self/fd/0; chown 5:6 /proc/self/fd/0
  expect { stat -L -c '%a %u %g' /proc/self/fd/0 } prints "711 5 6"
  setuid 7
  expect { chmod 700 /proc/self/fd/0 } fails EPERM
  expect { open -m r /proc/self/fd/0 } fails EACCES
}
socket inet stream; socket inet stream
setsockopt 3 reuseport 1; setsockopt 4 reuseport 1
chmod 600 /proc/self/fd/3; chown 5:6 /proc/self/fd/3
expect { stat -L -c '%a %u %g' /proc/self/fd/3 } prints "600 5 6"
ip link set lo up; bind 3 127.0.0.1:80
expect { bind 4 127.0.0.1:80 } fails EADDRINUSE
listen 3
expect { grep " 0A " /proc/net/tcp } matches / 5 /
chown 5 /proc/self/fd/4
expect { bind 4 127.0.0.1:80 }
socket unix stream; bind 5 /tmp/s
chown 5 /proc/self/fd/5
expect { stat -c %u /tmp/s } prints "0"
