#: # Whose child is a kernel thread?
#:
#: *"kthread cleanup: replace kernel_thread() by the kthread API; change core kthread API to
#: support signals; nfs needs extra love. Is someone working on it?"* — *"REALLY would like to hear
#: if anyone is."*
#:
#: A container mounts a file system over the network, and the kernel starts a thread to look after
#: it. Who made it?
profile all

#: ## kernel_thread()
#:
#: The driver forks whoever came along. The thread gives up what it can, files and all, and init
#: takes it in: but it was born in web's pid namespace, and there it stays.
policy kthreads kernel_thread
spawn --pid --mount web
as web mount -t proc proc /proc
as web kthread lockd
as web ps -e -o pid,ppid,args
expect { as web ps -e -o pid,args } matches /^ *2 \[lockd\]$/

#: It takes no signals, not even this one.
as web kill -KILL 2
expect { as web ps -e -o args } matches /^\[lockd\]$/

#: And now web cannot end. Its init is dead, but its namespace is not empty, and nobody inside can
#: be killed.
kill -KILL web
ps -e -o pid,ppid,stat,args
expect { ps -e -o args } matches /^\[lockd\]$/
expect { ps -e -o comm } matches /^web$/
#: Only the kernel ends its own.
kthread --stop lockd
wait
expect { ps -e -o comm } matches /\A[^w]*\Z/

#: Drivers of that time let a signal through, so that such a thread could be ended at all.
spawn --pid db
as db kthread --signals statd
kill -KILL db
wait
expect { ps -e -o comm } matches /\A(?![\s\S]*statd)/

#: ## The kthread API
#:
#: One thread of the machine's own, kthreadd, forks them all. Whoever asks, the newcomer is in the
#: first namespaces and nowhere else; in a container nothing is to be seen of it.
policy kthreads kthread
spawn --pid --mount shop
as shop mount -t proc proc /proc
expect { as shop kthread nfsd } prints "0"
expect { as shop ps -e -o comm } matches /\A(?![\s\S]*nfsd)/
ps -e -o pid,ppid,pgid,args
expect { pstree } matches /kthreadd/
expect { ps -o comm= -p $(ps -o ppid= -C nfsd) } prints "kthreadd"
expect $(readlink /proc/$(pgrep nfsd)/ns/pid) == $(readlink /proc/1/ns/pid)
kill -KILL shop
wait
expect { ps -e -o comm } matches /\A(?![\s\S]*shop)/
#: Signals were left out: such a thread is told to stop, and has to look.
expect { kthread --signals lockd } fails EINVAL
kthread --stop nfsd
expect { pgrep nfsd } fails

# Shows N5.
