#: # A child with two parents
#:
#: How does one get into a container from outside? "No consensus on how this should be done", say
#: the notes of the container mini-summit. One proposal was Serge Hallyn's `sys_hijack`: like clone,
#: but it takes a pid, "and the process identified by that pid is the one which is cloned".
policy ns.enter hijack
spawn --pid --uts --mount-proc web
as web { hostname webhost; prctl name httpd; cd /tmp }

#: So somebody outside asks, and the child is *inside*: it sees web's host name, web's processes,
#: web's working directory.
expect { hijack 2 hostname } prints "webhost"
expect { hijack 2 pwd } prints "/tmp"
hijack 2 ps -e -o pid,ppid,comm

#: And yet it is the asker's child: he waits for it, and has its status.
hijack 2 false || true
expect { hijack 2 true }

#: It can stay, too. *visitor* has two names, one here and one in there; its parent is out of sight
#: from where it is.
hijack --name visitor 2
expect { as visitor getppid } prints "0"
expect { as visitor hostname } prints "webhost"
ps -e -o pid,ppid,sid,tty,comm
as visitor ps -e -o pid,ppid,comm

#: Its terminal and session are the asker's, for signals and files come from him; its namespaces,
#: directory and user are web's. "It's not natural for a child process to have 2 parents!"
expect $(as visitor tty) == $(tty)
as visitor exit

#: Who has only this way cannot go in himself.
spawn other
expect { as other setns /proc/2/ns/uts } fails ENOSYS

# Shows N16.
