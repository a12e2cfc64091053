# send_sigio_to_task(): where what F_SETSIG has chosen finds no room, SIGIO comes instead
mknod /tmp/fifo p
open /tmp/fifo > /dev/null
spawn a
a { setuid 4321; sigprocmask --block 40 IO; prlimit --sigpending=1 }
fcntl 3 F_SETOWN a
fcntl 3 F_SETSIG 40
fcntl 3 F_SETFL O_ASYNC
printf x >&3
expect { a sigpending } prints "RTMIN+6"
printf x >&3
expect { a sigpending } matches /^IO\nRTMIN\+6$/
