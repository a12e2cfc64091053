#: # One way to group processes
#:
#: December 2006. Cpusets, resource groups, beancounters and nsproxy all "need the basic abstraction
#: of being able to group together multiple processes in an aggregate", writes Paul Menage, "and all
#: implement this grouping in different ways". He takes the grouping out of cpusets, for all.
profile menage-2006

#: A hierarchy of *containers* is mounted, with a choice of *subsystems*. What each of them has to
#: say stands in files of its own.
mkdir /containers
mount -t container -o cpuacct,numtasks none /containers
expect { grep container /proc/mounts } matches /container rw,relatime,cpuacct,numtasks/
ls /containers

#: ## A directory is a container
#:
#: Everybody is in the root. A pid that is written to `tasks` moves one task; nothing else does.
mkdir /containers/web
spawn httpd
echo $! > /containers/web/tasks
expect { cat /containers/web/tasks } prints "2"
expect { cat /proc/2/containers } prints "1:cpuacct,numtasks:/web"
expect { echo httpd > /containers/web/tasks } fails EIO
expect { echo 99 > /containers/web/tasks } fails ESRCH

#: Its children are born there, whatever they do later: there is no way out by oneself.
httpd spawn worker
expect { cat /containers/web/tasks } matches /^2\n3$/
expect { head -n 1 /containers/web/numtasks.stats } prints "tasks 2"

#: ## Subsystems
#:
#: One counts what tasks do: here a step takes no time, so what is counted is steps, calls of the
#: kernel. Containers count what is below them too.
mkdir /containers/web/cgi
echo 0 > /containers/web/cpuacct.usage
worker { getpid; getppid }
expect { cat /containers/web/cpuacct.usage } matches /^[1-9]/
expect { cat /containers/web/cgi/cpuacct.usage } prints "0"

#: A subsystem is of one hierarchy. Another mount with the same ones shows the same tree, and one
#: with others must leave those alone.
mkdir /again /other
mount -t container -o numtasks,cpuacct none /again
expect { cat /again/web/tasks } matches /^2\n3$/
expect { mount -t container -o numtasks,cpuset none /other } fails EBUSY
mount -t container -o cpuset none /other
expect { cat /proc/2/containers } matches /^2:cpuset:.\n1:cpuacct,numtasks:.web$/

#: Who is in a container is seen in the reader's own numbers, as everywhere.
spawn --pid --mount-proc box
echo $! > /containers/web/tasks
expect { box cat /containers/web/tasks } prints "1"
cat /proc/containers

# Shows G1, G2, G6, G8.
