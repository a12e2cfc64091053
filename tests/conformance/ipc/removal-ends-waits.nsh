# msgctl(2), semctl(2), IPC_RMID: all who wait are woken, and fail with EIDRM
msgget
semget -c private 1
spawn r { expect { msgrcv 0 } fails EIDRM; echo r > /tmp/r }
spawn s { expect { semop 0 0:-1 } fails EIDRM; echo s > /tmp/s }
ipcrm -q 0
ipcrm -s 0
expect { cat /tmp/r } prints "r"
expect { cat /tmp/s } prints "s"
msgget
msgctl -b 1 1
msgsnd 1 x
spawn t { expect { msgsnd 1 y } fails EIDRM; echo t > /tmp/t }
ipcrm -q 1
expect { cat /tmp/t } prints "t"
