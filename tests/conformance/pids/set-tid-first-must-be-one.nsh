# clone(2), alloc_pid(): the first process of a pid namespace is its init and can only want 1
expect { clone2 --name a --set-tid 2 NEWPID } fails EINVAL
expect { clone2 --name b --set-tid 1,20 NEWPID } prints "20"
unshare --pid
expect { clone2 --name c --set-tid 7 } fails EINVAL
expect { clone2 --name d --set-tid 1 } prints "2"
