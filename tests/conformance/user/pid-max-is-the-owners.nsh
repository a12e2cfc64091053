# pid_namespaces(7), pid_max since Linux 6.14: root of the user namespace that owns it may set it
spawn w
w setgid 1000; w setuid 1000; w prctl dumpable 1
expect { as w echo 500 > /proc/sys/kernel/pid_max } fails EACCES
w unshare --user --pid
as w echo '0 1000 1' > /proc/self/uid_map
expect { as w echo 500 > /proc/sys/kernel/pid_max } fails EACCES
w spawn c
as c echo 500 > /proc/sys/kernel/pid_max
expect { c cat /proc/sys/kernel/pid_max } prints "500"
expect { as c echo x > /proc/sys/kernel/hostname } fails EACCES
expect { as c echo 7 > /proc/sys/kernel/ns_last_pid }
expect { as w echo 7 > /proc/sys/kernel/ns_last_pid } fails EPERM
spawn --user --pid u
as u echo 501 > /proc/sys/kernel/pid_max
u capset -e none
expect { as u echo 502 > /proc/sys/kernel/pid_max } fails EACCES
u capset -e sys_admin
as u echo 502 > /proc/sys/kernel/pid_max
