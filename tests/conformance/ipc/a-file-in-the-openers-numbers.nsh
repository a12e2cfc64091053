# sysvipc_proc_open(), seq_user_ns(): pids and uids are in the numbers of who opened it, dead or not
shmget -c 7 100 > /dev/null
spawn --pid --user inside
echo '0 0 1' > /proc/2/uid_map
inside shmget -c 8 300 > /dev/null
open -m r /proc/sysvipc/shm
inside open -m r /proc/sysvipc/shm
pidfd open inside > /dev/null
pidfd getfd 4 3 > /dev/null
expect { head -n 2 <&3 } matches /\n +7 .* 100 +1 +0 +0 +0 +0 +0 +0 /
inside exit 0
waitpid > /dev/null
expect { tail -n 1 <&5 } matches /^ +8 +1 +600 +300 +1 +0 +0 +0 65534 +0 65534 /
