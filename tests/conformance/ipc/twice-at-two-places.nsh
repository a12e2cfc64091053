# shmat(2): a segment can be attached twice; SHM_RND, an address that is taken, SHM_REMAP
shmget -c 7 8192
shmat 0 > /dev/null
a=$(shmat -a 0x10000000 0)
expect $a == 0x10000000
poke 0x10000000 here
expect { peek 0 } prints "here"
expect { shmat -a 0x10000000 0 } fails EINVAL
expect { shmat -a 0x10001000 0 } fails EINVAL
expect { shmat -a 0x20000001 0 } fails EINVAL
expect $(shmat --rnd -a 0x20000fff 0) == 0x20000000
expect { shmat --remap 0 } fails EINVAL
expect $(shmat --remap -r -a 0x20000000 0) == 0x20000000
expect { peek 0x20000000 } prints "here"
expect { ipcs -m } matches / 8192 +3 /
expect { shmdt 0x30000000 } fails EINVAL
shmdt 0x20000000
expect { ipcs -m } matches / 8192 +2 /
