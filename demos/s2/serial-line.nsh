#: # A serial line, attached later
#:
#: "So I want to start up a virtual server, and I want its serial port to be connected to a virtual
#: tty which buffers the last page or few pages of data so I can connect to the server and see
#: what's going on. I'm not too savvy here - can we do that now, maybe just through a fake serial
#: device?"
#:
#: The virtual server boots. Nobody watches.
spawn --tty --pid --uts server
as server { hostname server; for step in kernel disks network { echo "$step: ok" > /dev/ttyS0 } }
expect { consoles -r -n -o console,attached server } prints "ttyS0 0"

#: Later, we connect. The line was kept: the last 32 KiB of it, eight pages, at least.
attach --once server
expect { attach --once server } matches /^kernel: ok\ndisks: ok\nnetwork: ok$/

#: It can be used, too: a getty on the line, and somebody outside logs in.
as server spawn getty { getty ttyS0 }
expect { attach -i 'root\n' -u '# ' server } prints "server login: root"
attach -i 'hostname\n' -u 'server' server

#: A line that nobody reads holds up nobody: what is too old is lost, and the writer goes on.
as server { seq 20000 > /dev/ttyS0 }
expect { attach -1 server | tail -n 1 } prints "20000"
expect { attach -1 server | grep -c '^1$' } fails
expect { consoles -r -n -o kept server } matches /^\d{5}$/

#: Whose line is it? It is reached through the namespace's own file, /proc/PID/ns/tty, and only from
#: the namespaces around it. From inside it is a serial port like any other.
spawn --tty --pid other
expect { as server attach -1 :1 } fails EPERM
expect { as other attach -1 server } fails ESRCH

#: The server dies while somebody is attached. Its last words can still be read; then comes the end.
spawn watching { attach -u 'never comes' server > /tmp/last || echo ended >> /tmp/last }
as server { echo "server: going down" > /dev/ttyS0 }
kill -KILL $(ps -o pid= -p server)
wait server || true
tail -n 2 /tmp/last
expect { tail -n 2 /tmp/last } matches /^server: going down\nended$/

# Shows N10.
