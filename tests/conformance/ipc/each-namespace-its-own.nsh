# ipc_namespaces(7): objects are seen by members of one namespace only, and ids are the same in two
spawn --ipc web
msgget -c 7
web msgget -c 7
msgsnd 0 outside
web msgsnd 0 inside
expect { web msgrcv -n 0 } prints "inside"
expect { web msgrcv -n 0 } fails ENOMSG
expect { msgrcv -n 0 } prints "outside"
web ipcrm -q 0
expect { web msgget 7 } fails ENOENT
expect { msgget 7 } prints "0"
