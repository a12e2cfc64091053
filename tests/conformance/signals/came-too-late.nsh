# signal(7): who is interrupted has looked in vain, even if what it waits for comes with the signal
spawn parent {
  spawn child
  trap TERM { echo hit >> /tmp/p }
  expect { waitpid } fails EINTR
  waitpid >> /tmp/p
}
socketpair stream
spawn reader {
  trap TERM { echo hit >> /tmp/r }
  exec 4>&-
  expect { recv 3 } fails EINTR
  expect { recv 3 } prints ""
  echo end >> /tmp/r
}
spawn writer { exec 3>&- }
exec 3>&-; exec 4>&-
kill -TERM -1
expect { cat /tmp/p } matches /^hit\n3 killed TERM$/
expect { cat /tmp/r } matches /^hit\nend$/
