# ip(7), ip_unprivileged_port_start: each namespace has its own
spawn --net web
expect { web cat /proc/sys/net/ipv4/ip_unprivileged_port_start } prints "1024"
web { echo 80 > /proc/sys/net/ipv4/ip_unprivileged_port_start }
expect { web cat /proc/sys/net/ipv4/ip_unprivileged_port_start } prints "80"
expect { cat /proc/sys/net/ipv4/ip_unprivileged_port_start } prints "1024"
expect { web { echo 70000 > /proc/sys/net/ipv4/ip_unprivileged_port_start } } fails EINVAL
