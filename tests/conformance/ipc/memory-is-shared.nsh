# shmat(2): who attaches a segment sees what others write there; children have what their parent has
shmget -c 7 5000
expect { peek 0 } fails EINVAL
spawn other
shmat 0 > /dev/null
spawn child
child poke 0 "from the child"
expect { peek 0 } prints "from the child"
poke 0 second 4096
expect { child peek 0 4096 } prints "second"
expect { peek -n 4 0 } prints "from"
other shmat 0 > /dev/null
expect { other peek 0 } prints "from the child"
expect { ipcs -m } matches / 5000 +3 /
child shmdt 0
expect { child shmdt 0 } fails EINVAL
expect { ipcs -m } matches / 5000 +2 /
