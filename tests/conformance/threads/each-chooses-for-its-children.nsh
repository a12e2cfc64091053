# pid_namespaces(7), unshare(2): pid_for_children belongs to a thread
spawn db
db spawn --thread reader
reader unshare --pid
reader spawn inner
db spawn plain
expect { inner getpid } prints "1"
expect { plain getpid } prints "5"
expect { reader unshare --pid } fails EINVAL
