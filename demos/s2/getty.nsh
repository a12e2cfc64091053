#: # A getty per container
#:
#: S2, in one line that nobody on the list could explain: "a running getty should be covered by tty
#: namespace." ("I'm not understanding this line.") This is what it means.
#:
#: Two containers, each with pids, a host name and consoles of its own. In each, a getty waits on
#: the console: the *same* device, `/dev/console`.
spawn --tty --pid --uts web { hostname web; spawn getty { getty console } }
spawn --tty --pid --uts db { hostname db; spawn getty.db { getty console } }
consoles
expect { consoles -r -n -o console,command web } prints "console getty"

#: The getty is the leader of a session, the console its controlling terminal. It has printed `web
#: login: ` and reads. Somebody sits down there, and types a name.
type web:console 'root\n'
type db:console 'root\n'
ps -e -o pid,sid,tty,stat,comm,args
expect { consoles -r -n -o console,command } matches /console nsh\nconsole nsh/

#: getty became `login`, and login became root's shell, in the numbers of its container. What is
#: typed there is performed there.
type web:console 'hostname > /tmp/seen; tty >> /tmp/seen; getppid >> /tmp/seen\n'
expect { cat /tmp/seen } matches /^web\n\/dev\/console\n1$/

#: Both have something running in the foreground.
type web:console 'sleep 1000\n'
type db:console 'sleep 1000\n'
ps -e -o pid,tty,stat,wchan,comm
expect { ps -o wchan= -C nsh } matches /hrtimer_nanosleep\s+hrtimer_nanosleep/

#: **Ctrl-C, at web's console.** SIGINT goes to the foreground group of *that* terminal, and to
#: nobody else: not to the other getty's shell on the other `/dev/console`, not to us.
type web:console '^C'
expect { ps -o wchan= -C nsh } matches /wait_woken\s+hrtimer_nanosleep/
type web:console 'echo still here > /tmp/seen\n'
expect { cat /tmp/seen } prints "still here"

#: Ctrl-D ends the shell; with the leader of its session the console is free again, and the getty's
#: parent may start the next one.
type web:console '^D'
expect { consoles -r -n -o command web } prints "-"
as web { wait; spawn getty { getty -a root console } }
expect { consoles -r -n -o command web } prints "nsh"
expect { consoles -r -n -o command db } prints "nsh"

#: A container ends. Its own console is hung up with it, and nobody else's.
kill -KILL $(ps -o pid= -p db)
wait db || true
consoles
expect { pgrep -c nsh } prints "1"

# Shows N9.
