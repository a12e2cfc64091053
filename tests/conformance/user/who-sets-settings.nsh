# test_perm(): /proc/sys goes by the machine's root and its group, and by no capability
spawn w
w setresuid 1000 1000 0; w setgid 0 || true
expect { as w echo x > /proc/sys/kernel/hostname } fails EACCES
w setresuid -1 0 -1
w capset -e none
as w echo x > /proc/sys/kernel/hostname
expect { hostname } prints "x"
spawn --user --uts u
expect { as u echo y > /proc/sys/kernel/hostname }
u hostname z
expect { u hostname } prints "z"
