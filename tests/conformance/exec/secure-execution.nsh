# begin_new_exec(): with more than it had a program is not dumpable, and has no parent-death signal
mount -t tmpfs none /mnt; touch /mnt/prctl; chmod 755 /mnt/prctl; touch /mnt/s; chmod 666 /mnt/s
spawn w; w setresuid 1000 1000 1000; w prctl pdeathsig USR1
as w exec /mnt/prctl pdeathsig > /mnt/s
expect { cat /mnt/s } prints "USR1"
setcap cap_kill=p /mnt/prctl
spawn x; x setresuid 1000 1000 1000; x prctl pdeathsig USR1
as x exec /mnt/prctl pdeathsig > /mnt/s
expect { cat /mnt/s } prints "0"
spawn y; y setresuid 1000 1000 1000; y prctl dumpable 1
as y exec /mnt/prctl dumpable > /mnt/s
expect { cat /mnt/s } prints "0"
setcap cap_kill=i /mnt/prctl
spawn z; z setresuid 1000 1000 1000
as z exec /mnt/prctl dumpable > /mnt/s
expect { cat /mnt/s } prints "1"
