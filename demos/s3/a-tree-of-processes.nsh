#: # A tree of processes
#:
#: *"Next steps: process hierarchy and relationships (multiple tasks and zombies); multiple threads;
#: open files: regular file, fifo, pipe, socket-pair; signals, timers."* All of them at once.
spawn --pid --uts --mount-proc web {
  trap USR1 { echo heard by $$ >> /tmp/heard }
  spawn shell { setsid; while true { sleep 1 } }
  spawn gone { exit 7 }
  seq 100 | while read line { echo $line > /tmp/line; sleep 1 } &
  while true { sleep 1 }
}
sleep 2
nsenter -t web -p -m ps -e -o pid,ppid,pgid,sid,s,comm
expect { cat /tmp/line } prints "3"

#: The shell leads a session of its own, *gone* is dead and nobody has waited for it, and most of a
#: hundred lines are in the pipe.
checkpoint --kill -o /tmp/web web
ckptinfo -i /tmp/web -o task
expect { ckptinfo -i /tmp/web -o task } matches /pid=3 comm=gone parent=1.* zombie=True status=1792/
wait web || true

#: Some time later, with other numbers outside:
spawn -n 2 other
restart -i /tmp/web
expect $! > 10
nsenter -t $! -p -m ps -e -o pid,ppid,pgid,sid,s,comm
expect { nsenter -t $! -p -m ps -o ppid=,sid=,comm= -p 2 } matches /1 +2 shell/
expect $(nsenter -t $! -p -m ps -o s= -p 3) == Z

#: What is in the pipe comes out of it, and handlers hear.
sleep 5
expect $(cat /tmp/line) > 5
kill -USR1 $!
sleep 1
expect { cat /tmp/heard } prints "heard by 1"

# Shows C3, C4, P5, P10.
