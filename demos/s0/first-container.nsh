#: # The first container
#:
#: December 2005: Hubertus Franke posts 21 patches to the kernel list. "The mechanism to start a
#: container is to `echo "container_name" > /proc/container`, which creates a new container and
#: associates the calling process with it."
#:
#: One machine, one task: `init`, pid 1. It forks a child called **sshd**.
profile franke-2005
spawn sshd
ps -e -o pid,ppid,cid,vpid,comm
expect $! == 2

#: Now *sshd* writes one line. From here on it lives in a container called **web**,
#: and everything it forks will too.
as sshd { echo "web" > /proc/container }
as sshd spawn -n 2 httpd

#: The system container (number 0) sees everybody, under the kernel's own numbers.
ps -e -o pid,ppid,cid,vpid,comm
expect { ps -e -o pid,ppid,cid,vpid,comm } prints "    4     2  web     3 httpd.2"

#: The container sees itself and nobody else. Its first task is called **1**: "a simpler way to
#: fake vserver init processes as pid 1".
as web:1 ps -e -o pid,ppid,comm
expect { as web:1 ps -e -o pid= } matches /^\s*1\n\s*2\n\s*3$/
expect { as web:1 getpid } prints "1"
expect { as sshd cat /proc/container } prints "web"

#: Two numbers for each of them, one task: that is the whole idea. The kernel's idea of a pid has
#: not changed, "only what users see".
expect { as httpd.2 getpid } prints "3"
expect { as httpd.2 getppid } prints "1"
expect { as sshd getppid } prints "0"

# Shows P1.
