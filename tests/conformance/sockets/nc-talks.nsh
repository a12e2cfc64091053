# nc(1): over tcp, udp and Unix sockets
ip link set lo up
nc -l 8080 > /tmp/tcp &
echo over tcp | nc -N 127.0.0.1 8080
wait
expect { cat /tmp/tcp } prints "over tcp"
nc -lU /tmp/door > /tmp/unix &
echo over unix | nc -NU /tmp/door
wait
expect { cat /tmp/unix } prints "over unix"
expect { nc -z 127.0.0.1 9 || echo nobody } matches /nobody/
