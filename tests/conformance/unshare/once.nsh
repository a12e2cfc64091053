# pid_namespaces(7), unshare(2): EINVAL for a second pid namespace until setns has led back home
unshare --pid
expect { unshare --pid } fails EINVAL
expect { spawn --pid w } fails EINVAL
spawn first
expect { unshare --pid } fails EINVAL
expect { setns /proc/self/ns/pid }
expect { unshare --pid }
