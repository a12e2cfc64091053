# setns(2), CLONE_NEWIPC: ids and keys are those of the namespace that one is in
msgget -c 7
spawn --ipc web
expect { web msgget 7 } fails ENOENT
web setns /proc/1/ns/ipc
expect { web msgget 7 } prints "0"
web unshare --ipc
expect { web msgget 7 } fails ENOENT
expect { web cat /proc/sysvipc/msg } matches /^ +key +msqid perms[^\n]*$/
expect { cat /proc/sysvipc/msg } matches /\n +7 +0 +600 /
