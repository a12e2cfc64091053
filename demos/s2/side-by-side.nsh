#: # Side by side
#:
#: Two containers on one kernel: each with its own pids, its own devpts instance and its own
#: console. Each is sure that it is the machine.
spawn --pid --mount --tty --mount-proc web
spawn --pid --mount --tty --mount-proc db
as web mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts /dev/pts
as db mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts /dev/pts

#: Both get a first pseudo terminal, and both call it `/dev/pts/0`. Who leads a session may have
#: it as its controlling terminal.
as web spawn sshd
as db spawn postgres
as sshd setsid
as postgres setsid
expect { as sshd openpty --ctty } matches /^3 4 .dev.pts.0/
expect { as postgres openpty --ctty } matches /^3 4 .dev.pts.0/
expect { as sshd ps -o tty= -p 2 } matches /^pts.0/
expect { as postgres ps -o tty= -p 2 } matches /^pts.0/
expect { ls /dev/pts } prints "ptmx"

#: Both have a console, on which each says what it takes itself for. What one container shows no
#: other sees; from outside one sees them all, and every pid as the kernel counts.
as db { echo "db: up, pid $$" > /dev/console }
as web { echo "web: up, pid $$" > /dev/console }
expect { screen db:console } prints "db: up, pid 1"
expect { screen web:console } prints "web: up, pid 1"
expect { as sshd getpid } prints "2"
expect { as postgres getpid } prints "2"
expect { ps -e -o pid=,comm= } matches /4 sshd\n\s*5 postgres/
ps -e -o pid,tty,comm

# Shows N8, N9 and P2.
