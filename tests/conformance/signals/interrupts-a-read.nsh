# signal(7), "Interruption of system calls": a handler ends a read with EINTR
mkfifo /tmp/fifo
spawn reader {
  exec 3< /tmp/fifo
  trap USR1 { true }
  expect { read line <&3 } fails EINTR
  echo interrupted > /tmp/told
}
exec 4> /tmp/fifo
kill -USR1 reader
expect { cat /tmp/told } prints "interrupted"
