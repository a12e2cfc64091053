# check_unsafe_exec(): who shares its root with another process gets no more than it had by execve
mount -t tmpfs none /mnt; touch /mnt/prctl /mnt/s; chmod 755 /mnt/prctl; chmod 666 /mnt/s
setcap cap_kill=p /mnt/prctl; spawn w; w setresuid 1000 1000 1000
w clone2 --name x FS
as x exec /mnt/prctl dumpable > /mnt/s
expect { cat /mnt/s } prints "1"
chmod 4755 /mnt/prctl; w clone2 --name y FS
as y exec /mnt/prctl dumpable > /mnt/s
expect { cat /mnt/s } prints "1"
kill -KILL w; waitpid w || true
touch /mnt/id; chmod 4755 /mnt/id; spawn z; z clone2 --name a FS; a setresuid 1000 1000 1000
as a exec /mnt/id -u > /mnt/s
expect { cat /mnt/s } prints "1000"
spawn b; b setresuid 1000 1000 1000; as b exec /mnt/id -u > /mnt/s
expect { cat /mnt/s } prints "0"
