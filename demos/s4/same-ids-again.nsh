#: # The ids that they had
#:
#: *"applications expect to see the same resource id's as they had at the time of the checkpoint"*,
#: says Oren Laadan. A worker sleeps in a call that names a queue by its id, and knows no key.
spawn --pid --ipc web
web { msgget -c private; msgget -c private; ipcrm -q 0; semget -c private 1 }
web spawn worker { msgrcv 32769; semop 0 0:-1; echo "worker goes on"; sleep infinity }
sleep 1
expect { web semop -n 0 0:-1 } fails EAGAIN
web ipcs

#: Between checkpoint and restart others make queues, too. They are in a namespace of their own, and
#: an id that is taken there is free here.
checkpoint --kill --output=/tmp/web web
wait web || true
msgget -c 1
msgget -c 2
restart --input=/tmp/web
web ipcs

#: No call was asked for these ids. *"For the record, OpenVZ uses "create with predefined ID" method
#: which leads to less code"*: the kernel does it, and only a restart has it do so. Nobody announced
#: anything, and nobody loses what he has announced. What comes next is what would have come.
expect { web cat /proc/sys/kernel/msg_next_id } prints "-1"
expect $(web msgget -c private) == 65536

#: The worker stands where it stood, in the list of those who sleep on that queue. The message that
#: comes is for it; so is the semaphore.
web msgsnd 32769 hello
sleep 1
expect $(web semctl 0 getncnt 0) == 1
web semop 0 0:+1
sleep 1
expect $(web semctl 0 getval 0) == 0

# Shows I2.
