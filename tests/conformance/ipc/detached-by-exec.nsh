# shmat(2): "after an execve(2), all attached shared memory segments are detached"
shmget -c 7 100
mkfifo /tmp/go
shmat 0 > /dev/null
spawn w { read line < /tmp/go; exec sleep infinity }
expect { ipcs -m } matches / 100 +2 /
echo > /tmp/go
expect { ipcs -m } matches / 100 +1 /
