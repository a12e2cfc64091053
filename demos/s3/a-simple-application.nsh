#: # A simple application
#:
#: *"First step - a simple application: a single process, not using any files, no signal pending, no
#: IPC etc."* The road plan of the summit of 2008 begins so. Here it counts.
def counts() { n=0; while true { n=$(( $n + 1 )); hostname count-$n; sleep 1 } }
spawn --pid --uts --mount-proc web { counts }
sleep 3
expect $(nsenter -t web -u hostname) == count-4

#: ## Checkpoint
#:
#: *"The procedure will entail five steps"*: pre-dump, freeze the container, dump, thaw or kill it,
#: post-dump. The kernel *"will return (checkpoint) or receive (restart) a blob"*.
checkpoint --verbose --kill -o /tmp/web web
wait web || true
expect { nsenter -t web true } fails ESRCH

#: The blob is text, one object a line, in the order in which they will be made again. It is no
#: picture of kernel memory: in it are the container's own numbers, and what system calls tell.
ckptinfo -i /tmp/web
expect { ckptinfo -i /tmp/web -o uts } matches /nodename=count-4/

#: ## Restart
#:
#: *"Restart is done by first creating a container, then creating the process tree in it, and then
#: each process restores its own state."* Meanwhile somebody else has taken its pid; inside it is 1.
spawn -n 3 other
sleep 3600
restart -i /tmp/web
ps -e -o pid,cid,vpid,comm
expect { ps -o cid=,vpid= -p $! } matches /web +1$/

#: It goes on with the second that it was in the middle of. An hour has passed, and it was not
#: there.
expect $(nsenter -t $! -u hostname) == count-4
sleep 2
expect $(nsenter -t $! -u hostname) == count-6

# Shows C1, C3, C4, C7, P5.
