# setpgid(2), setsid(2): a child that founds a session leaves its group, whose other members stay
spawn -n 2 w
setpgid w.1 0
setpgid w.2 w.1
w.2 setsid
expect $(getpgid w.1) == 2
expect $(getpgid w.2) == 3
expect { setpgid w.2 w.1 } fails EPERM
expect { w.2 setpgid 0 2 } fails EPERM
