# fcntl(2), send_sigio_to_task(): SI_SIGIO for a signal whose codes mean something of their own
mknod /tmp/fifo p
spawn told { trap USR1 IO SEGV CHLD SYS { echo "$SIGNAL $SI_CODE $SI_FD $SI_BAND" > /tmp/log } }
open /tmp/fifo > /dev/null
fcntl 3 F_SETOWN told
fcntl 3 F_SETFL O_ASYNC
for name in USR1 IO SEGV CHLD SYS 0 {
  fcntl 3 F_SETSIG $name
  printf a >&3
  cat /tmp/log >> /tmp/all
}
expect { cat /tmp/all } matches /^USR1 1 3 65\nIO 1 3 65\nSEGV -5 3 65\nCHLD -5 3 65\nSYS -5 3 65\n/
expect { tail -n 1 /tmp/all } prints "IO 128 0 0"
