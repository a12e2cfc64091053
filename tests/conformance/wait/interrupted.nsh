# wait(2), errors: EINTR when a signal is caught meanwhile
spawn parent {
  trap USR1 { true }
  spawn child
  expect { waitpid } fails EINTR
  echo interrupted > /tmp/told
}
kill -USR1 parent
expect { cat /tmp/told } prints "interrupted"
