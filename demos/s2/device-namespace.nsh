#: # A device namespace
#:
#: "we don't want to get rid of mknod() but we also want to limit the view of the devices in a
#: container. one way to do this is through a device namespace which would only expose a 'white
#: list' of devices when unshared. a possible white list is: /dev/null /dev/full /dev/zero /dev/rtc
#: /dev/random /dev/pts/*"
spawn --dev web
ls -l /dev
expect { devlist } prints "*"

#: **web** was born into a new device namespace. This is its list, and what its /dev shows:
as web devlist
expect { as web devlist } matches /^full\nnull\npts\/\*\nrandom\nrtc\nzero$/
as web ls -l /dev
expect { as web ls /dev } matches /^fd\s+full\s+null\s+ptmx\s+pts\s+random\s+rtc\s+shm/
expect { as web cat /dev/tty } fails ENOENT
expect { as web cat /dev/null } prints ""

#: Its children inherit the namespace. One that is nested begins with the same list, and never has
#: more than those above.
devlist -t web --remove zero
as web spawn --dev inner
expect { as inner devlist } matches /zero/
expect { as inner cat /dev/zero } fails ENOENT

#: Who may change a list? From above, anybody with CAP_SYS_ADMIN; from inside, nobody makes it
#: longer.
devlist -t web --add tty
expect { as web ls /dev/tty } prints "/dev/tty"
expect { as web devlist --add console } fails EPERM
expect { as inner devlist -t web --remove null } fails EPERM
as web devlist --remove random
expect { as web ls /dev/random } fails ENOENT

# Shows N7.
