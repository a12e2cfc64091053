# pid_namespaces(7), proc(5): a proc mounted from a namespace that has died lists nobody
spawn --pid inner
inner mount -t proc proc /mnt
expect { ls /mnt } matches /^1\s/
kill -KILL inner
waitpid
expect { ls /mnt/1 } fails ENOENT
expect { ls /mnt } prints "mounts"
