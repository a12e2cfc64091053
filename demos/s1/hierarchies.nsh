#: # How many trees?
#:
#: "PaulJ wondered whether it would be cleaner just to aim for case 1": "just one controller per
#: container, period". Case 2 is "full dynamic binding and unbinding of any controller". Menage's
#: patch "falls somewhere in the middle". The policy `container.binding` is any of them.
mkdir /all /cpus /tasks /files

#: ## One tree for all
#:
#: Each fork and exit counts one reference: to where the task is. From there it is one step more to
#: what a subsystem has to say.
mount -t container -o cpuset,numfiles,numtasks none /all
mkdir /all/web
echo 0-3 > /all/web/cpuset.cpus
spawn httpd
echo $! > /all/web/tasks
expect { grep references /proc/containers } matches /^#references at fork and exit\t1$/
expect { grep levels /proc/containers } matches /^#levels to the state of a subsystem\t2$/

#: What it was mounted with stays while there are containers in it.
expect { mount -o remount,cpuset none /all } fails EBUSY

#: ## A tree for each
#:
#: The other way round: more to count at each fork, and less to go through. And three times the work
#: for whoever manages it, here as anywhere: three mounts, three directories, three moves.
echo $! > /all/tasks
rmdir /all/web
umount /all
policy container.binding per-subsystem
expect { mount -t container -o cpuset,numtasks none /all } fails EINVAL
mount -t container -o cpuset none /cpus
mount -t container -o numtasks none /tasks
mount -t container -o numfiles none /files
mkdir /cpus/web /tasks/web /files/web
echo 0-3 > /cpus/web/cpuset.cpus
for tree in cpus tasks files { echo $! > /$tree/web/tasks }
expect { cat /proc/2/containers } matches /^4:numfiles:.web\n3:numtasks:.web\n2:cpuset:.web$/
expect { grep references /proc/containers } matches /^#references at fork and exit\t3$/
expect { grep levels /proc/containers } matches /^#levels to the state of a subsystem\t1$/
for tree in cpus tasks files { echo $! > /$tree/tasks; rmdir /$tree/web; umount /$tree }

#: ## Any, at any time
#:
#: "What do you do if halfway through unbinding the subsystem state from the containers in a
#: hierarchy, you run into a container whose subsystem state is busy and hence can't be freed?"
policy container.binding dynamic
mount -t container -o numtasks,numfiles none /all
mkdir /all/db /all/web
echo $! > /all/db/tasks
as httpd { exec 5< /proc/self/status }
mount -o remount,numtasks,numfiles,cpuacct none /all
expect { cat /all/db/cpuacct.usage } prints "0"

#: The web's state had been freed, and the db's refers to an open file. Everything is put back.
expect { mount -o remount,numtasks none /all } fails EBUSY
expect { cat /all/web/numfiles.held /all/db/numfiles.held } matches /^0\n1$/
as httpd { exec 5<&- }
mount -o remount,numtasks none /all
expect { cat /all/db/numfiles.held } fails ENOENT

#: And what comes may find tasks where there cannot be any: a cpuset that is new has no processors.
expect { mount -o remount,numtasks,cpuset none /all } fails ENOSPC
expect { grep container /proc/mounts } matches /relatime,numtasks 0 0/

# Shows G1, G13.
