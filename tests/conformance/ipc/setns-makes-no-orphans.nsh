# commit_nsset(), unshare(2): who unshares gives up what it has made, who enters does not
spawn --ipc other
spawn a { shmget -c 7 100; setns /proc/2/ns/ipc }
echo 1 > /proc/sys/kernel/shm_rmid_forced
expect { shmget 7 } prints "0"
a exit 0
expect { shmget 7 } fails ENOENT
spawn b { shmget -c 8 100; unshare --ipc }
expect { shmget 8 } fails ENOENT
