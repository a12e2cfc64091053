#: # Spaces in spaces
#:
#: What mainline built of it, two years later: pid namespaces nest, and a task has one number at
#: every level from its own up to the root (pid_namespaces(7)).
#:
#: Each gets a mount namespace too, for a /proc of its own: a mount keeps the eyes of its mounter.
spawn --pid --mount-proc outer
as outer spawn --pid --mount-proc inner
as inner spawn leaf
pstree -p

#: *leaf* is 2 to itself, 3 one level up, 4 at the root.
expect { grep NSpid /proc/4/status } prints "NSpid:	4	3	2"
expect { as leaf getpid } prints "2"
expect { as inner getpid } prints "1"
expect { as outer ps -e -o pid=,comm= } matches /3 leaf/

#: Parents see descendants, never the reverse.
expect { as inner kill -0 3 } fails ESRCH
expect { as outer kill -0 3 }
expect { as inner getppid } prints "0"

#: `unshare --pid` alone does not move its caller: a task keeps its pid for life. Only its *next
#: children* are born in the new space.
spawn mover
as mover {
  before=$(getpid)
  unshare --pid
  expect $(getpid) == $before
  spawn first
}
expect { as first getpid } prints "1"
expect { as mover unshare --pid } fails EINVAL
lsns -t pid

# Shows P10.
