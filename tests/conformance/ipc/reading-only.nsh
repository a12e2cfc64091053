# shmat(2), SHM_RDONLY: writing there, or where nothing is attached, is SIGSEGV (139 to a shell)
shmget -c 7 100
shmat 0 > /dev/null
poke 0 hello
spawn w { shmdt 0; shmat -r 0 > /dev/null; peek 0 > /tmp/w; poke 0 bye }
expect { cat /tmp/w } prints "hello"
wait $! || status=$?
expect $status == 139
expect { peek 0 } prints "hello"
spawn v { peek 0x1000 }
wait $! || status=$?
expect $status == 139
expect { ipcs -m } matches / 100 +1 /
