#: # The kernel's version: to lie or not to lie
#:
#: *"uname namespace: considered complete. But what about setting the kernel version?"* Somebody
#: runs an old distribution in a container, whose tools look at `uname -r` and turn away. The
#: answer on the list: *"I still say yuck. The kernel won't properly emulate the other kernel
#: version, so lying seems a horrible thing to do. If you want a vm with another kernel, use
#: qemu/kvm/xen."*
profile all
spawn --uts legacy
as legacy hostname rhel4
as legacy uname -nr

#: ## Truthful
#:
#: The release is a fact: it can be read in every namespace, and set in none.
policy uts.release truthful
expect { as legacy { echo 2.6.9 > /proc/sys/kernel/osrelease } } fails EACCES
expect $(as legacy uname -r) == $(uname -r)

#: ## Settable
policy uts.release settable
as legacy { echo 2.6.9 > /proc/sys/kernel/osrelease }
as legacy uname -r
expect { as legacy uname -r } prints "2.6.9"
expect { as legacy cat /proc/version } matches /^Linux version 2\.6\.9 /
#: A copy of the namespace inherits the lie; the machine itself is not affected.
as legacy spawn --uts inner
expect { as inner uname -r } prints "2.6.9"
expect { uname -r } matches /^6\./

#: Yuck: the kernel is still what it is. 2.6.9 has no pid namespaces, and a tool that believes the
#: number will not even try; but there they are.
expect { as legacy unshare --pid --fork getpid } prints "1"
#: And the other way round: a number promises what is not there.
as legacy { echo 9.0 > /proc/sys/kernel/osrelease }
expect { as legacy uname -r } prints "9.0"
expect { as legacy clock -u 1 monotonic-raw } fails ENOTSUP

#: ## What mainline took
#:
#: No namespace lies, but a program may lie to itself: a personality, since 3.0 broke the tools
#: that wanted a 2.6. It is inherited by its children, and by nobody else.
policy uts.release truthful
setarch --uname-2.6 uname -r
expect { setarch --uname-2.6 uname -r } matches /^2\.6\./
expect $(as legacy uname -r) == $(uname -r)

# Shows N3.
