#: # File locks, told across the border
#:
#: *"pid_t cleanups … complex ones: af unix credentials, file locks, timer stat."* A lock remembers
#: who has it, by the kernel's number, and `F_GETLK` hands that number out: to somebody in another
#: container, it means nobody, or somebody else.
profile mainline
spawn db
as db open --create /tmp/table
as db setlk write 3 0 100

#: A neighbour on the same machine is told the truth: pid 2 has it.
spawn neighbour
as neighbour open /tmp/table
as neighbour getlk write 3
expect { as neighbour getlk write 3 } prints "write 0 100 pid 2"

#: In a pid namespace of its own, web does not see db. It is told 0: *somebody* — and never a
#: number that is somebody else in there.
spawn --pid --mount web
as web mount -t proc proc /proc
as web open /tmp/table
as web getlk write 3
expect { as web getlk write 3 } prints "write 0 100 pid 0"
expect { as web setlk write 3 50 1 } fails EAGAIN
#: It is told of its own locks by its own number; the machine has another number for it.
as web setlk write 3 200 1
expect { as neighbour getlk write 3 200 1 } prints "write 200 1 pid 4"
as web spawn worker
expect { as worker getlk write 3 200 1 } prints "write 200 1 pid 1"
#: `/proc/locks` goes by the mount: locks of those who are out of sight are left out.
lslocks
as web lslocks
expect { lslocks -n -o pid } matches /^ *4\n *2$/
expect { as web lslocks -n -o pid } matches /^ *1$/

#: A lock held by an open file, which many may have, has no number to be told: -1.
as web setlk --ofd write 3 300 1
expect { as neighbour getlk write 3 300 1 } prints "write 300 1 pid -1"

#: ## Waiting across the border
#:
#: The kernel knows in any case who waits for whom, even in a circle through two namespaces.
as neighbour setlk write 3 400 1
as web setlk --wait write 3 400 1 &
expect { as neighbour setlk --wait write 3 200 1 } fails EDEADLK
as neighbour setlk unlock 3 400 1
expect { as neighbour getlk write 3 400 1 } prints "write 400 1 pid 4"

#: The oldest trap of all: closing *any* descriptor of a file gives up every lock on it.
as db open /tmp/table
as db exec 4<&-
expect { as web getlk write 3 0 100 } prints "unlock"

# Shows N5, P2.
