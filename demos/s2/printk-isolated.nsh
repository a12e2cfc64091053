#: # printk, isolated
#:
#: The same machine, the other position: with `policy printk isolated` every tty namespace has a log
#: of its own. The machine's has all of them, with the name of the container in front.
profile summit-2008
policy printk isolated
spawn --tty --pid --uts web
spawn --tty --pid --uts db
dmesg -t -k
expect { dmesg -t } matches /container web: created\ncontainer db: created/

as web { echo "<5>web: ready" > /dev/kmsg }
as db { echo "<5>password is sesame" > /dev/kmsg }

#: Each reads its own, and nothing of the machine's.
expect { as web dmesg -t } prints "web: ready"
expect { as db dmesg -t } prints "password is sesame"

#: The machine reads everything, and knows who said it.
dmesg -t -u
expect { dmesg -t -u } matches /^web: web: ready\ndb: password is sesame$/

#: Clearing, and what shows on the console, are each one's own affair.
as web dmesg --clear
expect { as web dmesg } prints ""
expect { as db dmesg -t } prints "password is sesame"
as web dmesg --console-level debug
expect { as web cat /proc/sys/kernel/printk } matches /^8\t/
expect { as db cat /proc/sys/kernel/printk } matches /^4\t/

#: So web sees its own messages on its own console, as a machine would.
as web { echo "<6>link is up" > /dev/kmsg }
expect { consoles -r -n -o console,kept web } matches /^console [1-9]/
expect { consoles -r -n -o console db } prints ""

#: The price of the other position, run both ways: *nsh play demos/s2/printk-shared.nsh*.
policy printk shared
expect { as web dmesg -t -l notice } matches /Linux version/

# Shows N11.
