# msgop(2), msgtyp: 0 the first, above 0 the first of that type, below 0 the lowest up to it
msgget
for t in 3 1 2 3 { msgsnd -t $t 0 m$t }
expect { msgrcv -n -l -t -2 0 } prints "1 m1"
expect { msgrcv -n -l -e -t 3 0 } prints "2 m2"
expect { msgrcv -n -t 1 0 } fails ENOMSG
expect { msgrcv -n -s 1 0 } fails E2BIG
expect { msgrcv -n -N -s 1 0 } prints "m"
expect { msgrcv -n -t 3 0 } prints "m3"
expect { msgrcv -n 0 } fails ENOMSG
expect { msgsnd -t 0 0 x } fails EINVAL
expect { msgsnd -t -1 0 x } fails EINVAL
msgsnd 0
expect { msgrcv -n -l -s 0 0 } prints "1 "
