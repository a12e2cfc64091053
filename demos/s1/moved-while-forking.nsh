#: # Half a child
#:
#: "You also have the issue that if a task is forking just as you start moving it from one container
#: to another (in each of the N hierarchies) you could end up with the child in the original
#: container in some hierarchies, and in the new container in others, which isn't ideal" (Menage).
policy container.binding per-subsystem
mkdir /tasks /files
mount -t container -o numtasks none /tasks
mount -t container -o numfiles none /files
mkdir /tasks/web /files/web
spawn server

#: Somebody moves the server, which takes a write for each of the trees. The server forks meanwhile.
par {
  echo 2 > /tasks/web/tasks
  echo 2 > /files/web/tasks
} {
  server { spawn worker }
}
expect { cat /proc/2/containers } matches /^2:numfiles:.web\n1:numtasks:.web$/

#: The server is where it should be. The worker was born too early for both, this time. It might be
#: in both, or in *one* of them: that is up to who came when. `nsh explore` goes through all orders,
#: and in most of them the worker is half a child.
cat /proc/5/containers
expect { grep -c . /proc/5/containers } prints "2"
expect { ps -o comm= -p 5 } prints "worker"

#: With one tree for both subsystems there is one write, and no half of it: try it with
#: `policy container.binding multi` and `mount -t container -o numtasks,numfiles`.

# Shows G13.
