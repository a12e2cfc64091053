#: # Many mounts of /proc: whose tasks do they show?
#:
#: *"multiple /proc mounts: multiple mount done; to limit access to /proc files, use the user
#: namespace checks? for the contents of each file, use the current context."* — *"Just might
#: work..."*
profile all

#: ## The mount's
#:
#: What became of it: a mount shows the pid namespace of who mounted it, whoever reads. In a new
#: pid namespace the old mount is still that of the machine, and misleads.
policy proc.contents mount
spawn --pid --mount web
as web spawn httpd
expect { as web getpid } prints "1"
as web ps -o pid,comm -e
expect { as web ps -o pid,comm -e } matches /^ *2 web$/
#: Not even oneself is found by one's own number.
expect { as web cat /proc/1/comm } prints "init"
#: So it has to be mounted anew,
as web mount -t proc proc /proc
expect { as web cat /proc/1/comm } prints "web"
expect { as web ps -o pid= -e } matches /\A *1\n *2\Z/
#: and then even a visitor from outside reads web's numbers there, through web's root.
expect { cat /proc/$(pgrep web)/root/proc/1/comm } prints "web"

#: ## The reader's
#:
#: "Use the current context": any mount shows everybody their own tasks. Nothing has to be mounted.
policy proc.contents current
spawn --pid db
as db spawn mysqld
as db ps -o pid,comm -e
expect { as db cat /proc/1/comm } prints "db"
expect { as db ps -o pid= -e } matches /\A *1\n *2\Z/
#: But no mount tells of another container any more. What web sees in its own /proc, the machine's
#: administrator looks for in vain: through web's root there are the machine's own tasks.
expect { cat /proc/$(pgrep web)/root/proc/1/comm } prints "init"
#: `/proc/self` is right in any mount.
expect $(as db readlink /proc/self) == 1

#: ## Settings have always been the reader's
#:
#: Below /proc/sys both positions are one: hostname, pid_max and their like are those of the
#: reader's namespaces, whichever mount leads there. What a container may not write is made
#: read-only by a mount.
policy proc.contents mount
as web unshare --uts
as web mount --bind /proc/sys /proc/sys
as web mount -o remount,bind,ro /proc/sys
expect { as web { echo web > /proc/sys/kernel/hostname } } fails EROFS
as web hostname web
expect { as web cat /proc/sys/kernel/hostname } prints "web"
expect { cat /proc/sys/kernel/hostname } prints "nsh"

# Shows N14, P4.
