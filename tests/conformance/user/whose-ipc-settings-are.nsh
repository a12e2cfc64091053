# ipc_permissions(), net_ctl_permissions(): limits are for root, or the administrator, of the owner
spawn w
w setgid 1000; w setuid 1000; w prctl dumpable 1
expect { as w echo 100 > /proc/sys/kernel/msgmax } fails EACCES
w unshare --user --ipc --net
expect { as w echo 100 > /proc/sys/kernel/msgmax } fails EACCES
expect { as w echo 80 > /proc/sys/net/ipv4/ip_unprivileged_port_start }
as w echo '0 1000 1' > /proc/self/uid_map
expect { as w echo 100 > /proc/sys/kernel/msgmax }
expect { as w echo 5 > /proc/sys/fs/mqueue/msg_max }
expect { as w echo 1 > /proc/sys/kernel/shm_rmid_forced }
expect { w stat -c '%u %g' /proc/sys/kernel/sem } prints "0 65534"
expect { w stat -c '%u %g' /proc/sys/net/ipv4/ip_forward } prints "0 65534"
expect { w stat -c '%u %g' /proc/sys/kernel/hostname } prints "65534 65534"
w capset -e none
expect { as w echo 101 > /proc/sys/kernel/msgmax }
expect { as w echo 0 > /proc/sys/net/ipv4/ip_forward } fails EACCES
expect { cat /proc/sys/kernel/msgmax } prints "8192"
