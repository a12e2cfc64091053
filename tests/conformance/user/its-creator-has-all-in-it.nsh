# capabilities(7): the effective user who made a namespace has every capability in it, from around
spawn w
w setresuid 1000 1000 0; w prctl dumpable 1
w unshare --user
spawn y
y setuid 1000
spawn z
z setuid 1001
expect { y kill -0 2 }
expect { z kill -0 2 } fails EPERM
expect { y nsenter -t 2 -U --preserve-credentials true }
expect { nsenter -t 2 -U --preserve-credentials true }
