# execve(2), "effect on process attributes": all other threads end; the caller becomes the leader
spawn db
db spawn --thread reader
as reader { exec sleep infinity } &
expect { ls /proc/2/task } matches /^2$/
expect { cat /proc/2/comm } prints "sleep"
expect { ls -d /proc/3 } fails ENOENT
