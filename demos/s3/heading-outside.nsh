#: # Signals heading outside
#:
#: Do containers hide tasks from each other, or not? S0 argues about it, and comes to this: *"Not
#: ideal for vserver, checkpoint/restart, for instance (makes c/r a little harder or more limited -
#: signals heading outside the container may "disappear" when you checkpoint/restart but for apps
#: that c/r, that probably isn't all that likely)."* Here is one that does.
spawn watcher { trap IO { echo io >> /tmp/heard }; while true { sleep 1 } }
mknod /tmp/fifo p
open /tmp/fifo
fcntl 3 F_SETOWN watcher
fcntl 3 F_SETFL O_ASYNC

#: The watcher wants a signal whenever something comes through the fifo. A container inherits that
#: open file, and nobody else keeps it. What is written inside is heard outside.
spawn --pid --mount-proc web { while true { sleep 1; echo news > /tmp/fifo } }
exec 3>&-
sleep 3
expect { grep -c io /tmp/heard } matches /[23]/

#: ## Somewhere else
#:
#: The image has the container's own numbers, and the watcher has none of them: the owner is nobody.
checkpoint --kill -o /tmp/web web
rm /tmp/heard
expect { ckptinfo -i /tmp/web -o owner } matches /owner +file=2 type=1$/

#: What is restarted writes on, and nobody hears.
wait web || true
restart -i /tmp/web
sleep 3
expect { cat /tmp/heard } fails ENOENT
expect { kill -0 watcher }

# Shows C15.
