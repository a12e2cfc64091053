# pid_namespaces(7), fork(2): ENOMEM for who would be born into a namespace without init
spawn holder
holder unshare --pid
holder spawn first
first exit
expect { holder spawn second } fails ENOMEM
holder waitpid
expect { holder spawn second } fails ENOMEM
expect { holder unshare --pid } fails EINVAL
holder setns /proc/self/ns/pid
expect { holder spawn second }
