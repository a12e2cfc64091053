# msgctl(2): to set msg_qbytes beyond msgmnb takes CAP_SYS_RESOURCE; it is an unsigned long
spawn --user --ipc w
echo '0 0 1' > /proc/2/uid_map
echo '0 0 1' > /proc/2/gid_map
w msgget -c 7
w msgctl -b 100 0
w msgctl -b 16384 0
expect { w msgctl -b 16385 0 } fails EPERM
expect { w msgctl -b -1 0 } fails EPERM
expect { w msgctl -b 0 0 }
expect { w msgsnd -n 0 x } fails EAGAIN
