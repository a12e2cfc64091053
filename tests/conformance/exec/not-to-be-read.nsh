# would_dump(): a program that may not be read is not dumpable, whoever owns it
mount -t tmpfs none /mnt; touch /mnt/prctl /mnt/s; chmod 666 /mnt/s; chmod 711 /mnt/prctl
spawn w; w setresuid 1000 1000 1000
as w exec /mnt/prctl dumpable > /mnt/s
expect { cat /mnt/s } prints "0"
as init setsid /mnt/prctl dumpable > /mnt/s
expect { cat /mnt/s } prints "1"
chmod 755 /mnt/prctl
spawn x; x setresuid 1000 1000 1000
as x exec /mnt/prctl dumpable > /mnt/s
expect { cat /mnt/s } prints "1"
