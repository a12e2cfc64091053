# do_freezer_trap(): signals wait, but for deadly ones; the stopped count; since Linux 5.2
mkdir /tmp/m
mount -t cgroup2 none /tmp/m
mkdir /tmp/m/a /tmp/m/a/b
spawn w
spawn v
spawn u
for n in 2 3 4 { echo $n > /tmp/m/a/b/cgroup.procs }
kill -STOP 4
echo 1 > /tmp/m/a/cgroup.freeze
expect { cat /tmp/m/a/b/cgroup.events } matches /^populated 1\nfrozen 1$/
expect { cat /tmp/m/a/b/cgroup.freeze } prints "0"
kill -STOP 2
expect { ps -o s= -p 2,4 } matches /^S\nT$/
kill -CONT 4
kill -TERM 3
expect { ps -o s= -p 3,4 } matches /^Z\nS$/
echo 2 > /tmp/m/cgroup.procs
expect { ps -o s= -p 2 } prints "T"
echo 0 > /tmp/m/a/cgroup.freeze
expect { cat /tmp/m/a/cgroup.events } matches /^populated 1\nfrozen 0$/
expect { u getpid } prints "4"
