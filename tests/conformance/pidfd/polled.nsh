# pidfd_open(2): readable once it is dead, whosever child; hung up once it is reaped
# (as since Linux 6.18)
spawn parent
parent spawn child
spawn watcher
watcher pidfd open child
expect { watcher pidfd poll -t 0 3 } prints ""
watcher pidfd poll 3 &
kill -KILL 3
expect { watcher pidfd poll 3 } prints "POLLIN"
expect { watcher waitpid -P 3 } fails ECHILD
parent waitpid
expect { watcher pidfd poll 3 } prints "POLLIN POLLHUP"
