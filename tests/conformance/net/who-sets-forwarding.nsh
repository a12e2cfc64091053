# devinet_sysctl_forward(): opening takes the mode, writing CAP_NET_ADMIN over the namespace
spawn root; root capset -e none
expect { as root { echo 1 > /proc/sys/net/ipv4/ip_forward } } fails EPERM
expect { root cat /proc/sys/net/ipv4/ip_forward } prints "0"
as root { echo 80 > /proc/sys/net/ipv4/ip_unprivileged_port_start }
spawn --user --net u
as u { echo -5 > /proc/sys/net/ipv4/ip_forward }
expect { as u { head -c 9 < /proc/sys/net/ipv4/ip_forward } } prints "-5"
u capset -e none
expect { as u { echo 0 > /proc/sys/net/ipv4/ip_forward } } fails EPERM
spawn --user v
expect { as v { echo 1 > /proc/sys/net/ipv4/ip_forward } } fails EPERM
