# pid_namespaces(7): a new pid namespace needs a proc mount and a mount namespace of its own
spawn --pid --mount-proc inner
expect { inner ps -e -o pid= } matches /^ *1$/
expect { ps -e -o pid= } matches /^ *1\n *2$/
expect { inner readlink /proc/self } matches /^1$/
