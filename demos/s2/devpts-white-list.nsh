#: # A white list instead
#:
#: "do we require a extra namespace for /dev/pts/* to handle its virtualization or can this be done
#: directly in a device namespace ?" Let a device namespace do it: there is one instance, and a
#: white list decides which of its terminals one sees.
policy devpts whitelist
openpty -m
spawn --dev web
spawn --dev db
as web openpty -m
as db openpty -m
as web openpty -m
lsptys

#: On a new white list stands `pts/*`: what is opened in the namespace, or in one below it.
expect { as web devlist } matches /pts\/\*/
expect { as web ls /dev/pts } matches /^1\s+3\s+ptmx$/
expect { as db ls /dev/pts } matches /^2\s+ptmx$/
expect { as db cat /dev/pts/1 } fails ENOENT

#: The names are gone, and so are the devices: a terminal that is shown to *db* by another way is
#: none to it.
touch /tmp/lent
mount --bind /dev/pts/1 /tmp/lent
expect { as db cat /tmp/lent } fails ENXIO

#: But *resource ids* are not virtual: *web* has 1 and 3, never 0, and sees by the holes how busy
#: others are. No two of them can have a `pts/0`, so a restart needs the very numbers.
expect { as web openpty -m -n } prints "/dev/pts/4"
expect { cat /proc/sys/kernel/pty/nr } prints "5"

#: From above one may put another's terminal on a list, by its number. From inside a list can only
#: be made shorter.
devlist -t db --add pts/1
expect { as db ls /dev/pts } matches /^1\s+2\s+ptmx$/
expect { as db devlist --add pts/3 } fails EPERM
as db devlist --remove "pts/*"
expect { as db ls /dev/pts } matches /^1\s+ptmx$/

# Shows N7 and N8.
