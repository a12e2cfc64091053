# fcntl(2), F_SETSIG: any signal, kept with the file whoever its owner is; 0 stands for SIGIO
mknod /tmp/fifo p
open /tmp/fifo > /dev/null
expect { fcntl 3 F_GETSIG } prints "0"
expect { fcntl 3 F_SETSIG 65 } fails EINVAL
expect { fcntl 3 F_SETSIG -1 } fails EINVAL
fcntl 3 F_SETSIG KILL
exec 4<&3
expect { fcntl 4 F_GETSIG } prints "KILL"
expect { fcntl 3 F_GETOWN_EX } prints "F_OWNER_TID 0"
fcntl 3 F_SETOWN 1
fcntl 3 F_SETOWN 0
expect { fcntl 3 F_GETSIG } prints "KILL"
expect { fcntl 3 F_GETOWN_EX } prints "F_OWNER_PID 0"
fcntl 3 F_SETSIG 0
expect { fcntl 3 F_GETSIG } prints "0"
open --path /tmp/fifo > /dev/null
expect { fcntl 5 F_SETSIG 10 } fails EBADF
expect { fcntl 5 F_GETOWN_EX } fails EBADF
