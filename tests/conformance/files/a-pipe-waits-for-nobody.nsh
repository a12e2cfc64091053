# fifo_open(): a pipe opened anew through /proc waits for no other end, unlike a fifo
true | {
  expect { poll -t 0 0 } prints POLLHUP
  expect { open -m r /proc/self/fd/0 } prints "3"
  expect { poll -t 0 3 } prints POLLHUP
  expect { open -m w /proc/self/fd/0 } prints "4"
  expect { poll -t 0 3 } prints ''
  echo again >&4
  read x <&3; expect "$x" == again
}
mkfifo /tmp/f
expect { open --nonblock -m w /tmp/f } fails ENXIO
