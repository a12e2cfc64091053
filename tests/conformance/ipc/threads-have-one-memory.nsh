# shmat(2), pthreads(7): what a thread attaches is the process's, until its last thread ends
shmget -c 7 100
spawn web
web spawn --thread helper
helper shmat 0 > /dev/null
web poke 0 hello
expect { helper peek 0 } prints "hello"
expect { ipcs -m } matches / 100 +1 /
helper shmdt 0
expect { web peek 0 } fails EINVAL
web shmat 0 > /dev/null
web exit 0
expect { ipcs -m } matches / 100 +0 /
