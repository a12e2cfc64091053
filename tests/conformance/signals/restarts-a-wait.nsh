# sigaction(2), SA_RESTART: after the handler the call is made again
spawn parent {
  trap --restart USR1 { echo handled > /tmp/handled }
  spawn child
  waitpid > /tmp/told
}
kill -USR1 parent
expect { cat /tmp/handled } prints "handled"
expect { cat /tmp/told } prints ""
child exit 5
expect { cat /tmp/told } prints "3 exited 5"
