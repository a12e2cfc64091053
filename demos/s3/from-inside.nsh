#: # From inside the container
#:
#: *"OL: we should be able to checkpoint from inside the container, keep that in mind for later
#: (also relates to the freezer)."* Later is now: everybody in it is frozen but who asks for that.
spawn --pid --uts --mount-proc web {
  spawn helper { while true { sleep 1 } }
  n=1
  echo "try $n" > /tmp/tried
  if checkpoint -o /tmp/web $$ {
    echo "saved" >> /tmp/tried
  } else {
    n=$(( $n + 1 ))
    echo "try $n" >> /tmp/tried
  }
  sleep 2; exit $n
}
sleep 1

#: As *fork* returns twice, so does this: 0 when the image is there, and 1 for who comes back from
#: it.
expect { cat /tmp/tried } matches /try 1\nsaved/
wait web || true

#: *"time-travel: periodic checkpoints and restart from any previous checkpoint (here, too,
#: attention is required to capturing the state of the file system as well)"*: each of these lives
#: begins where the first one was saved, with what its variables were then. The file is another
#: matter.
restart --wait -i /tmp/web || true
expect { cat /tmp/tried } matches /saved\ntry 2/
expect $(restart --wait -i /tmp/web || echo $?) == 2
restart --wait -i /tmp/web || true
expect { cat /tmp/tried } matches /try 2\ntry 2\ntry 2/

# Shows C12, C13.
