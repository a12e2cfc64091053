# proc(5), hidepid: whose tasks one may not look into are closed (1), or out of sight (2, 4)
mkdir /p
mount -t proc -o hidepid=1 proc /p
spawn w
w setgroups 7
w setresgid 1000 1000 1000; w setresuid 1000 1000 1000
w prctl dumpable 1
expect { w ls -d /p/1 } prints "/p/1"
expect { w cat /p/1/comm } fails EPERM
expect { w cat /p/2/comm } prints "w"
mount -o remount,hidepid=2 /p
expect { w ls -d /p/1 } fails ENOENT
expect { w ls /p } matches /^2\b/
mount -o remount,gid=7 /p
expect { w cat /p/1/comm } prints "init"
expect { grep ' /p ' /proc/self/mountinfo } prints "rw,gid=7,hidepid=invisible"
mount -o remount,hidepid=ptraceable /p
expect { w cat /p/1/comm } fails ENOENT
expect { mount -o remount,hidepid=3 /p } fails EINVAL
mount -o remount,subset=pid,hidepid=off /p
expect { cat /p/version } fails ENOENT
expect { ls -d /p/self /p/2 } prints "/p/self"
