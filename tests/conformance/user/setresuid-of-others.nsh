# setresuid(2): others choose among the three that they have; what changes nothing does nothing
spawn w
w setresuid 5 6 7
expect { w setresuid 5 6 8 } fails EPERM
w setresuid 7 5 6
expect { cat /proc/2/status } matches /Uid:\t7\t5\t6\t5/
w setfsuid 7
w setresuid -1 5 -1
expect { cat /proc/2/status } matches /Uid:\t7\t5\t6\t5/
expect { w setresgid 1 -1 -1 } fails EPERM
w setresgid 0 0 0
