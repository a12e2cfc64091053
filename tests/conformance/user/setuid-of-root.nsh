# setuid(2): with CAP_SETUID all three ids, and with them go the capabilities (capabilities(7))
spawn w
w setuid 1000
expect { w id -u } prints "1000"
expect { getpcaps 2 } prints "2: ="
expect { w setuid 0 } fails EPERM
expect { w setuid -1 } fails EINVAL
spawn x
x setresuid -1 1000 -1
expect { getpcaps 3 } matches /^3: =p/
expect { x setuid 7 } fails EPERM
x setuid 0
expect { getpcaps 3 } matches /^3: =ep/
