#: # What was typed
#:
#: *"… a running getty should be covered by tty namespace."* A container has a console of its own,
#: with a getty on it. Somebody sits down there and begins to type a name: r, o …
spawn --tty --pid --uts web { hostname web; spawn getty { getty console }; sleep 1000 }
sleep 1
type web:console 'ro'

#: … when the container is checkpointed, and killed. What is half typed is in the image, and what
#: the console has shown; and which session the console controls, and who is in front there.
checkpoint --kill -o /tmp/web web
wait web || true
ckptinfo -i /tmp/web
expect { ckptinfo -i /tmp/web -o controlling } matches /session=2 .*foreground=2/
restart -i /tmp/web
consoles
expect { consoles -r -n -o console,command web } prints "console getty"

#: The line is ended, and *root* logs in. In the shell something runs in the foreground.
type web:console 'ot\n'
type web:console 'hostname > /tmp/seen; tty >> /tmp/seen\n'
expect { cat /tmp/seen } matches /^web\n\/dev\/console$/
type web:console 'sleep 1000\n'

#: Another time: Ctrl-C still goes to who is in front, and the shell, which waits for it, lives.
checkpoint web > /tmp/web
kill -KILL web
wait web || true
restart < /tmp/web
type web:console '^C'
type web:console 'echo still here > /tmp/seen\n'
expect { cat /tmp/seen } prints "still here"

#: A terminal that is somebody's outside, too, is in the way, and is told by its name.
openpty -n
spawn --pid other { exec 3<&-; exec 4<&-; setsid; exec < /dev/pts/0; sleep 1000 }
sleep 1
expect { checkpoint other 2>&1 } matches /session 1 has the terminal pts\/0, which is outside/
expect { checkpoint other } fails EBUSY

# Shows C4, C5, N9.
