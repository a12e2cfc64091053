#: # As many as are mounted
#:
#: "check that /dev/pts can be mounted multiple times." What mainline made of that line: since
#: 2.6.29 one may ask for an instance with `-o newinstance`, and since 4.7 every mount is one.
policy devpts multimount
spawn --mount web
spawn --mount db
as web mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts
as db mount -t devpts -o ptmxmode=666 devpts /dev/pts

#: `/dev/ptmx` is the same file for all three, and yet opens another terminal for each: it means the
#: instance that is mounted on the *pts* beside it, for whoever opens it.
as web openpty
as db openpty
openpty
expect { as web ls /dev/pts } matches /^0\s+ptmx$/
expect { as db ls /dev/pts } matches /^0\s+ptmx$/
lsptys --all
expect { lsptys -a -n -o index } matches /^\s*0\n\s*0\n\s*0$/

#: Three terminals, all of them number 0, and *db* writes on its own.
as db { echo "Give me your password:" > /dev/pts/0 }
expect { as db head -n 1 <&3 } matches /Give me/
expect $(as web stat -c %i /dev/pts/0) == $(as db stat -c %i /dev/pts/0)
expect $(as web stat -c %d /dev/pts/0) != $(as db stat -c %d /dev/pts/0)

#: S2 also wants "access to child containers' devpts mounts". A task's root is in `/proc`, and all
#: that is mounted below it; who sees the task gets there. The other way there is no way.
expect { ls /proc/$(pgrep web)/root/dev/pts } matches /^0\s+ptmx$/
echo "from outside" > /proc/$(pgrep web)/root/dev/pts/0
expect { as web head -n 1 <&3 } matches /from outside/

#: The instance is the mount's, and lives on while a terminal of it is open, mounted or not.
as web umount -l /dev/pts
as web { echo still here >&4 }
expect { as web head -n 1 <&3 } matches /still here/
expect { as web tty <&4 } fails ENODEV

# Shows N8.
