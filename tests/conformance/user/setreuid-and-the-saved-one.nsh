# setreuid(2): the saved uid follows the effective one if the real one is set, or that is another
spawn w
w setreuid -1 1000
expect { cat /proc/2/status } matches /Uid:\t0\t1000\t1000\t1000/
w setreuid -1 0
expect { cat /proc/2/status } matches /Uid:\t0\t0\t1000\t0/
w setreuid 1000 -1
expect { cat /proc/2/status } matches /Uid:\t1000\t0\t0\t0/
w setresuid 5 6 7
expect { w setreuid 7 -1 } fails EPERM
expect { w setreuid -1 8 } fails EPERM
w setreuid 6 7
expect { cat /proc/2/status } matches /Uid:\t6\t7\t7\t7/
