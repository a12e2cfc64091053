# signal(7): semop, msgrcv and msgsnd fail with EINTR after a handler, SA_RESTART or not
semget -c private 1
msgget
spawn s { trap USR1 { echo told >> /tmp/s }; expect { semop 0 0:-1 } fails EINTR; echo s >> /tmp/s }
spawn r { trap USR1 { echo told >> /tmp/r }; expect { msgrcv 0 } fails EINTR; echo r >> /tmp/r }
kill -USR1 s r
expect { cat /tmp/s } matches /^told\ns$/
expect { cat /tmp/r } matches /^told\nr$/
expect { semctl 0 getncnt 0 } prints "0"
