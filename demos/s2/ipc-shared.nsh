#: # What is shared, and by whom
#:
#: A segment is memory that several processes attach. What one writes there, the others read.
shmget -c 0x77 4096
shmat 0 > /dev/null
spawn writer
writer poke 0 "hello from below"
expect { peek 0 } prints "hello from below"

#: A child has what its parent has attached, and keeps it when it moves to another ipc namespace:
#: ids are the namespace's, memory is not.
writer unshare --ipc
expect { writer shmget 0x77 } fails ENOENT
writer poke 0 "still here"
expect { peek 0 } prints "still here"

#: Who did it is told by pid, in the numbers of who asks. *inner* is 1 at home and 3 outside.
spawn --pid inner
expect { ipcs -m -p } matches / 1 +1 +$/
inner shmdt 0
expect { ipcs -m -p } matches / 1 +3 +$/
expect { inner ipcs -m -p } matches / 0 +1 +$/

#: Removing takes away the key, and no more: the segment lives until it is nowhere attached.
ipcrm -m 0
expect { ipcs -m } matches / 2 +dest/
shmdt 0
expect { writer peek 0 } prints "still here"
expect { ipcs -m } matches / 1 +dest/

#: *writer* is the last. With it goes the memory, here, in a namespace that it has left long ago.
writer exit 0
expect { ipcs -m -u } matches /segments allocated 0/

#: Semaphores are shared as well, and what a process did to them is taken back when it dies: its
#: lock does not outlive it.
semget -c private 1
semctl 0 setval 0 1
spawn holder { semop -u 0 0:-1; echo "I have the lock" }
spawn waiter { semop -u 0 0:-1; echo "now I have it" }
expect { semctl 0 getncnt 0 } prints "1"
kill -KILL holder
expect { semctl 0 getncnt 0 } prints "0"

# Shows N1.
