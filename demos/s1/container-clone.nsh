#: # Containers out of namespaces
#:
#: Serge Hallyn's `ns_container` is a subsystem of 74 lines: "hierarchical naming of sets of
#: namespaces, for instance virtual servers". Who is in one is its affair, and nobody else comes.
profile menage-2006
policy container.create explicit
mkdir /containers
mount -t container -o ns_container none /containers
mkdir /containers/a /containers/a/b
spawn init1
echo $! > /containers/a/tasks
spawn late
late=$!
expect { dmesg | tail -n 1 } matches /ns_can_attach: task 2 in container .,.* to a, parent .$/

#: `ns_can_attach`: EPERM if the target has a task already, and if the task is not in the one around
#: it. Children are born where their parent is.
init1 spawn sshd
sshd=$!
expect { cat /containers/a/tasks } matches /^2\n[0-9]+$/
expect { echo $late > /containers/a/tasks } fails EPERM
expect { echo $late > /containers/a/b/tasks } fails EPERM
echo $sshd > /containers/a/b/tasks
expect { echo $sshd > /containers/tasks } fails EPERM

#: ## A container by unshare
#:
#: "We need a semantic difference between attaching to a container, and being the first to join the
#: container you just created." Menage's answer is `container_clone()`: a child of the container
#: that one is in, with its properties, and in the same step one is in it. It has a name of its own.
policy container.create on-unshare
expect { ls -d /containers/node_* } fails ENOENT
late unshare --uts
expect { cat /proc/$late/containers } prints "1:ns_container:/node_3"
expect { cat /containers/node_3/tasks } prints "3"

#: A child with namespaces of its own, too: and whoever makes more inside goes down with the tree.
late spawn --uts --pid inner
expect { cat /proc/$!/containers } matches /:.node_3.node_[0-9]+$/

#: "Simply deletes the container from within the kernel": when the last task is gone, so is the
#: container that was made for it.
expect { cat /containers/node_3/auto_delete } prints "1"
kill -9 $!
kill -9 $late
expect { ls -d /containers/node_3 } fails ENOENT

#: Hallyn had his doubts: "ns actions - clone/unshare - do not automatically create new containers.
#: That may be for the best". That is `policy container.create explicit`, mainline's way as well.

# Shows G5, G11.
