#: # One tree, however often
#:
#: "extend to posix mqueue. check that /dev/mqueue can be mounted multiple times. mqueue sysctls
#: need a fix." Three lines of the notes, and what came of them.
mkdir /dev/mqueue /mnt/again
mount -t mqueue none /dev/mqueue
mount -t mqueue none /mnt/again
mq_open -c /jobs > /dev/null
expect { ls /dev/mqueue } prints "jobs"
expect { ls /mnt/again } prints "jobs"
expect $(stat -c %d:%i /dev/mqueue/jobs) == $(stat -c %d:%i /mnt/again/jobs)

#: A message that is more urgent goes first, and the file says how much there is.
mq_send 3 "take out the rubbish"
mq_send -p 9 3 "put out the fire"
cat /dev/mqueue/jobs
expect { mq_receive 3 } prints "put out the fire"

#: *web* has an ipc namespace, but no mount of its own: it looks at the machine's tree, and makes
#: its queues elsewhere.
spawn --pid --ipc --mount web
expect { web mq_open /jobs } fails ENOENT
web mq_open -c /jobs > /dev/null
web mq_send 4 "inside"
expect { web cat /dev/mqueue/jobs } matches /^QSIZE:20 /

#: Mounted by *web* it is the tree of *web*'s namespace.
web mount -t mqueue none /dev/mqueue
expect { web cat /dev/mqueue/jobs } matches /^QSIZE:6 /
expect { cat /dev/mqueue/jobs } matches /^QSIZE:20 /

#: And the sysctls: each namespace has its own.
echo 3 > /proc/sys/fs/mqueue/msg_default
expect { web cat /proc/sys/fs/mqueue/msg_default } prints "10"

#: Who is to be told of a message is named by pid, in the reader's numbers.
web mq_receive 4
web mq_notify -N 4
expect { web cat /dev/mqueue/jobs } matches /NOTIFY_PID:1 /
spawn --pid stranger
stranger setns /proc/2/ns/mnt
expect { stranger cat /dev/mqueue/jobs } matches /NOTIFY_PID:0 /

# Shows N2.
