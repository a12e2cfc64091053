#: # Freeze the container
#:
#: A checkpoint has five steps, say the notes of the container mini-summit: pre-dump, *freeze the
#: container*, dump, *thaw or kill* it, post-dump. Nobody in it may take a step meanwhile, or what
#: is dumped never was. Linux has had two answers since: a controller of cgroups, and cgroup2.
profile mainline
mkdir /run/old /run/new
mount -t cgroup -o freezer freezer /run/old
mount -t cgroup2 none /run/new
spawn --pid --mount-proc web
web spawn httpd { trap USR1 { echo yes > /tmp/heard }; sleep infinity }
ps -e -o pid,ppid,s,comm

#: ## The freezer
#:
#: Whoever is in one of its cgroups is frozen with it, and so are children born there.
mkdir /run/old/web
for n in 2 3 { echo $n > /run/old/web/cgroup.procs }
echo FROZEN > /run/old/web/freezer.state
expect { cat /run/old/web/freezer.state } prints "FROZEN"
expect { ps -o s= -p 3 } prints "D"

#: Nothing reaches the frozen. A signal waits, be it SIGKILL: thaw *or* kill is in truth thaw *and*
#: kill.
kill -USR1 3
expect { cat /tmp/heard } fails ENOENT
kill -KILL 3
expect { ps -o s= -p 3 } prints "D"
echo THAWED > /run/old/web/freezer.state
expect { ps -o s= -p 3 } prints "Z"
web wait httpd || true

#: ## Cgroup2
#:
#: Here the frozen are trapped on their way out of the kernel, as by a stop signal that nobody sent:
#: to their parent, and to `ps`, they sleep.
web spawn httpd2 { sleep infinity }
mkdir /run/new/web
for n in 2 4 { echo $n > /run/new/web/cgroup.procs }
echo 1 > /run/new/web/cgroup.freeze
expect { grep frozen /run/new/web/cgroup.events } prints "frozen 1"
expect { ps -o s= -p 4 } prints "S"

#: Who is inside cannot do the dumping, then. "We should be able to checkpoint from inside the
#: container, keep that in mind for later (also relates to the freezer)."
expect { web true } fails EBUSY

#: And what is deadly kills them as they are. The whole container goes by one write.
echo 1 > /run/new/web/cgroup.kill
expect { grep populated /run/new/web/cgroup.events } prints "populated 0"
expect { ps -o s= -p 2 } prints "Z"

# Shows C2, N16.
