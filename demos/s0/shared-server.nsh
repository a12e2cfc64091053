#: # One server for many
#:
#: "Wasn't one of the grand schemes of CKRM to be able to have application instances be shared? For
#: instance, running a single DB2, Oracle, or Apache server, and still accounting for all of the
#: classes separately. If so, that wouldn't work with a scheme that requires process separation."
#: (Dave Hansen)
mkdir /rcfs
mount -t rcfs none /rcfs
mkdir /rcfs/gold /rcfs/bronze
echo res=numtasks,total_numtasks=10 > /rcfs/config
echo res=numtasks,guarantee=50 > /rcfs/gold/shares
echo res=numtasks,limit=20 > /rcfs/bronze/shares

#: A database, with a thread for each of its customers.
spawn db
db spawn --thread for-gold
db spawn --thread for-bronze
expect { ls /proc/2/task } matches /^2\n3\n4$/

#: "f-series CKRM manages tasks via the task struct -- this means it manages each thread and not a
#: process." So one goes to each class, and the rest stays where it was.
echo 3 >> /rcfs/gold/members
echo 4 >> /rcfs/bronze/members
expect { cat /rcfs/gold/members /rcfs/bronze/members } matches /^0:3\n0:4$/
expect { cat /proc/2/class } prints "/"

#: Each takes from its own: what bronze's thread starts is bronze's, and comes to an end there.
as for-bronze spawn job
expect { as for-bronze spawn another } fails EAGAIN
as for-gold spawn job2
expect { grep numtasks /rcfs/bronze/stats } matches /limit=2,tasks=2,failures=1/

#: The next transaction is another customer's: the same thread, in another class from now on. A
#: thread "actually jumps around from container to container", as Huizenga would have it.
echo 4 >> /rcfs/gold/members
as for-bronze spawn another
expect { cat /rcfs/gold/members } matches /0:3\n0:4/

#: "This is definitely something a strict container could not do": it has processes as a whole.
expect { as for-gold { echo web > /proc/container } }
expect { ps -e -o cid,comm } matches /web +db/

# Shows P12, P13.
