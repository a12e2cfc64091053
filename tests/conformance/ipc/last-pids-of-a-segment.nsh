# shm_open(), shm_close(): the last pid is who attached, forked or detached, if only by its end
shmget -c 7 100
expect { ipcs -m -p } matches / 1 +0 +$/
spawn a
a shmat 0 > /dev/null
expect { ipcs -m -p } matches / 1 +2 +$/
a spawn b
expect { ipcs -m -p } matches / 1 +2 +$/
b shmdt 0
expect { ipcs -m -p } matches / 1 +3 +$/
a exit 0
expect { ipcs -m -p } matches / 1 +2 +$/
