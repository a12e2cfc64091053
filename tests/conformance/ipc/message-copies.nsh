# msgop(2), MSG_COPY: a copy of the message at a place, which stays; only with IPC_NOWAIT
msgget
msgsnd -t 5 0 one
msgsnd -t 6 0 two
expect { msgrcv -c 0 } fails EINVAL
expect { msgrcv -n -c -e 0 } fails EINVAL
expect { msgrcv -n -c -l -t 1 0 } prints "6 two"
expect { msgrcv -n -c -l 0 } prints "5 one"
expect { msgrcv -n -c -t 2 0 } fails ENOMSG
expect { msgrcv -n -c -t -1 0 } fails ENOMSG
expect { msgrcv -n -c -s 1 0 } fails E2BIG
expect { msgrcv -n -c -N -s 1 0 } fails EINVAL
expect { ipcs -q } matches /6 +2 +$/
