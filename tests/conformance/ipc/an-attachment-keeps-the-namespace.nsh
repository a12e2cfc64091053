# do_shmat(): what is attached keeps its ipc namespace, and is shared with who is there
spawn --ipc web
web shmget -c 7 100
web shmat 0 > /dev/null
web poke 0 inside
web spawn guest
web setns /proc/1/ns/ipc
expect { web shmget 7 } fails ENOENT
expect { web peek 0 } prints "inside"
web poke 0 "from outside"
expect { guest peek 0 } prints "from outside"
guest exit 0
expect { web peek 0 } prints "from outside"
web shmdt 0
expect { web shmat 0 } fails EINVAL
