#: # The death of an init
#:
#: Orphans go to the init of their namespace. When that init dies, everybody in the namespace is
#: killed, and nobody can ever be born there again (pid_namespaces(7)).
spawn --pid web
as web { spawn worker }
as worker { spawn helper }

#: A parent dies: *helper* finds a new one, its namespace's init.
as worker exit 3
expect { as helper getppid } prints "1"
as web wait 2 || true

#: A task outside keeps a way in: it has entered the namespace, and its children will be born there.
spawn visitor
as visitor nsenter -t $(ps -o pid= -p web) --pid
as visitor spawn guest
expect { as guest getppid } prints "0"

#: Now the init dies. SIGKILL for *helper*; *guest* stays a zombie until its parent outside has
#: looked, and so long the dead init cannot be waited for either.
kill -KILL $(ps -o pid= -p web)
expect { ps -e -o stat=,comm= } matches /Z\S*\s+guest/
expect { waitpid --nohang $(ps -o pid= -p web) } prints "0"
as visitor wait
wait web || true
expect { pgrep helper } fails

#: And the space takes nobody any more: **ENOMEM**, of all things.
expect { as visitor spawn late } fails ENOMEM

# Shows P10.
