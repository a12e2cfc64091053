# setpgid(2): a parent may move its children, into groups of its session
spawn -n 2 w
setpgid w.1 0
setpgid w.2 w.1
expect $(getpgid w.2) == 2
setpgid w.1 1
expect $(getpgid w.1) == 1
expect $(getpgid w.2) == 2
