# kill(2): real or effective uid equal to the target's real or saved one, or CAP_KILL over it
spawn w; spawn x; spawn y
w setuid 1000
x setresuid 2000 1000 2000
y setresuid 3000 2000 1000
expect { w kill -0 3 } fails EPERM
expect { w kill -0 4 }
expect { x kill -0 2 }
expect { y kill -0 2 } fails EPERM
expect { y kill -0 3 }
expect { w kill -0 2 }
expect { w kill -CONT 3 }
expect { w kill -0 1 } fails EPERM
kill -0 2
