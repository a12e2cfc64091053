# ipv4_privileged_ports(): those that the kernel chooses are never privileged
spawn --net w
as w echo 32768 > /proc/sys/net/ipv4/ip_unprivileged_port_start
expect { as w echo 32769 > /proc/sys/net/ipv4/ip_unprivileged_port_start } fails EINVAL
expect { w cat /proc/sys/net/ipv4/ip_unprivileged_port_start } prints "32768"
