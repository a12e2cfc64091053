# pid_namespaces(7), clone(2): a thread cannot be born where its process is not
spawn db
db unshare --pid
expect { db spawn --thread reader } fails EINVAL
db setns /proc/self/ns/pid
expect { db spawn --thread reader }
