# alarm(2), fork(2): SIGALRM ends who does not handle it; a child has no alarm
spawn a { setitimer real 0.01; sleep infinity }
expect { wait $! || echo $? } prints "142"
spawn b { alarm 1000; alarm 0; alarm 7; if fork { exit $(alarm 0) } else { wait $! && exit 3 } }
expect { wait $! || echo $? } prints "3"
