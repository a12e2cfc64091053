# send_sigio_to_task(), pid_namespaces(7): a signal that a file sends comes from nobody's ancestor
mknod /tmp/fifo p
open /tmp/fifo > /dev/null
spawn --pid inner
fcntl 3 F_SETOWN 2
fcntl 3 F_SETFL O_ASYNC
for signal in KILL STOP TERM 0 {
  fcntl 3 F_SETSIG $signal
  printf a >&3
}
expect { waitpid --nohang --untraced } matches /^0$/
spawn worker
fcntl 3 F_SETOWN worker
fcntl 3 F_SETSIG KILL
printf a >&3
expect { waitpid worker } prints "3 killed KILL"
kill -KILL 2
expect { waitpid 2 } prints "2 killed KILL"
