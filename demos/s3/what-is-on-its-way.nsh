#: # What is on its way arrives
#:
#: *"open files: regular file, fifo, pipe, socket-pair"*: so far the road plan of 2008 names them.
#: Of a connection both ends are saved, if they are in the container, and all that is between.
spawn --pid --net web
as web ip link set lo up
as web { socket inet stream; bind 3 127.0.0.1:80; listen 3 }
as web { socket inet stream; connect 4 127.0.0.1:80; send 4 question; accept 3; send 5 answer }
as web { socket inet stream; connect 6 127.0.0.1:80; send 6 early }
as web ss -tan

#: Two connections, of which nobody has accepted the second. Open files travel, too (SCM_RIGHTS):
#: of this one nothing is left but a message, and what has been read of it.
seq 3 > /tmp/lines
as web { socketpair dgram; exec 9< /tmp/lines; read line <&9; send 7 take-this -f 9; exec 9>&- }
expect { as web ls -l /proc/self/fd | grep -c lines } fails

checkpoint --kill -o /tmp/web web
wait web || true
ckptinfo -i /tmp/web -o socket
ckptinfo -i /tmp/web -o messages
expect { ckptinfo -i /tmp/web -o network } matches /network +namespace=1/

#: A network with the addresses, ports and connections that it had is made with the container.
restart -i /tmp/web
as web ss -tan
expect { as web recv 5 } prints question
expect { as web recv 4 } prints answer
expect { as web recv -f 1 8 } matches /take-this/
expect { as web { read line <&9; echo $line } } prints 2
as web accept 3
expect { as web recv 10 } prints early

#: ## Where a connection leads outside
#:
#: It would be torn apart, so the checkpoint fails, and says what is in the way: not *-EBUSY* alone.
spawn sshd
as sshd { socket unix stream; bind 3 @ssh; listen 3 }
spawn --pid db
as db { socket unix stream; connect 3 @ssh }
expect { checkpoint db > /tmp/db } fails EBUSY
expect { checkpoint -n db } matches /db:1 db holds a socket to 0:[0-9]+ sshd, which is outside/
as db send 3 hello
as sshd accept 3
expect { as sshd recv 4 } prints hello

# Shows C4, C5, N6.
