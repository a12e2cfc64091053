# signal(7), "Interruption ... by stop signals": semop fails with EINTR, msgrcv goes on
semget -c private 1
msgget
spawn s { semop 0 0:-1 || echo interrupted > /tmp/s }
spawn r { msgrcv 0 > /tmp/r }
kill -STOP s r
msgsnd 0 hello
expect { ipcs -q } matches / 5 +1 +$/
kill -CONT s r
expect { cat /tmp/s } prints "interrupted"
expect { cat /tmp/r } prints "hello"
