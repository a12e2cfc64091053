#: # The same number twice
#:
#: SysV ipc has numbers of its own: a queue, a set of semaphores, a segment is called by an id, and
#: found by a key that programs agree on. Two databases with the same key meet, if they share them.
spawn --pid --ipc web
spawn --pid db
msgget -c 0x5051
db msgget -c 0x5051
db msgsnd 0 "from db"
expect { msgrcv -n 0 } prints "from db"

#: *db* has a pid namespace of its own, and nothing else: it found the machine's queue. *web* has an
#: ipc namespace too, in which no id and no key is taken.
expect { web msgget 0x5051 } fails ENOENT
expect $(web msgget -c 0x5051) == 0
web msgsnd 0 "from web"
expect { msgrcv -n 0 } fails ENOMSG
expect { web msgrcv -n 0 } prints "from web"

#: So both have a queue 0, and each sees one. Limits are each namespace's own, and the defaults are
#: there again whatever was set outside.
echo 100 > /proc/sys/kernel/msgmax
expect { web cat /proc/sys/kernel/msgmax } prints "8192"
ipcs -q
web ipcs -q

#: Whoever removes one leaves the other. And who enters the namespace finds what is there.
ipcrm -q 0
expect { db msgsnd 0 x } fails EINVAL
db setns /proc/2/ns/ipc
expect $(db msgget 0x5051) == 0

#: When its last member is gone, all that it had is gone, with nobody to remove it.
web exit 0
expect { db msgget 0x5051 } prints "0"
db exit 0
expect { ipcs -u -q } matches /allocated queues = 0/

# Shows N1.
