# clone(2), CLONE_PIDFD: who clones has a descriptor of the child from the start, and the child none
open /dev/null > /dev/null
clone2 -n child PIDFD > /tmp/told
expect { tail -n 1 /tmp/told } prints "4"
expect { grep NSpid /proc/self/fdinfo/4 } prints "NSpid:	2"
expect { grep flags /proc/self/fdinfo/4 } prints "flags:	02000002"
expect { child readlink /proc/self/fd/4 } fails ENOENT
expect { child readlink /proc/self/fd/3 } prints "/dev/null"
clone2 -n sharing PIDFD,FILES,NEWPID > /dev/null
expect { sharing readlink /proc/self/fd/5 } prints "anon_inode:[pidfd]"
expect { grep NSpid /proc/self/fdinfo/5 } prints "NSpid:	3	1"
child exit 3
expect { waitpid -P 4 } prints "2 exited 3"
expect { pidfd poll 4 } prints "POLLIN POLLHUP"
expect { clone2 --set-tid 1 PIDFD } fails EEXIST
expect { pidfd open 1 } prints "6"
