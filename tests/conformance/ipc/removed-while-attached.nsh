# shmctl(2), IPC_RMID: the key is gone at once, the segment with its last attachment
shmget -c 7 100
shmat 0 > /dev/null
spawn w
ipcrm -m 0
expect { shmget 7 } fails ENOENT
expect { ipcs -m } matches /^0x00000000 0 .* 2 +dest/
expect $(shmget -c 7 200) == 1
w poke 0 still
expect { peek 0 } prints "still"
spawn late
late shmat 0 > /dev/null
late exit 0
shmdt 0
expect { ipcs -m } matches / 1 +dest/
w exit 0
expect { shmat 0 } fails EINVAL
