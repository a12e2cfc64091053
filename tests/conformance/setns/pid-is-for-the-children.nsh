# setns(2), CLONE_NEWPID: only pid_for_children changes; the next child is born in there
spawn --pid inner
spawn visitor
visitor setns /proc/2/ns/pid
expect { visitor getpid } matches /^3$/
expect $(readlink /proc/3/ns/pid_for_children) == $(readlink /proc/2/ns/pid)
visitor spawn guest
expect { guest getpid } matches /^2$/
expect { guest getppid } matches /^0$/
expect { inner kill -0 2 }
