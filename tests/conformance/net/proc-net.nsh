# proc_pid_net(5): /proc/net is the reader's; /proc/PID/net that of the process
spawn --net web
expect { readlink /proc/net } prints "self/net"
web { ip link add a type veth peer name b }
expect { cat /proc/net/dev } matches / lo: /
expect { web cat /proc/net/dev } matches / a: /
expect { cat /proc/2/net/dev } matches / a: /
web { socket inet dgram; bind 3 0.0.0.0:53 }
expect { cat /proc/2/net/udp } matches /00000000:0035/
expect { cat /proc/net/udp } matches /drops *$/
