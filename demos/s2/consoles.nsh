#: # An array of consoles for everybody
#:
#: November 2007, the kernel list goes through what containers still lack: "Then there is also the
#: array of console devices to turn into a namespace."
#:
#: No kernel has ever done it. On this machine, CLONE_NEWTTY does: a new array of `/dev/console`,
#: `/dev/tty1` … `/dev/tty6`, one of which is in front.
profile summit-2008
spawn --tty --pid web
expect { readlink /proc/2/ns/tty } prints "tty:[4026532001]"

#: The device is the same, 4:2; the terminal is not. Which one it is depends on who opens it.
expect { stat -c %t:%T /dev/tty2 } prints "4:2"
echo "written outside" > /dev/tty2
as web { echo "written inside" > /dev/tty2 }
consoles -o ns,console,dev,kept
expect { consoles -r -n -o console,kept } matches /tty2 17\ntty2 16/

#: Switching: each array has its own console in front, and `/dev/tty0` is a name for that one.
chvt 2
as web chvt 5
expect { fgconsole } prints "2"
expect { as web fgconsole } prints "5"
expect { as web chvt 7 } fails ENXIO
as web { echo "to whichever is in front" > /dev/tty0 }
expect { consoles -r -n -o active,console web } matches /\* tty5/

#: An open file keeps its terminal, whatever namespace its holder goes to: a helper outside that was
#: handed web's console can write there still. Nobody outside can *open* it.
spawn helper
as helper nsenter -t $(ps -o pid= -p web) --tty
as helper exec 5> /dev/tty3
as helper nsenter -t 1 --tty
as helper { echo "from outside" >&5; echo "my own" > /dev/tty3 }
expect { consoles -r -n -o console,kept web } matches /tty3 14/

#: When the last task of the namespace is gone, its consoles are hung up: what is still open is
#: dead.
kill -KILL $(ps -o pid= -p web)
wait web || true
expect { as helper { echo "anybody there?" >&5 } } fails EIO
expect { consoles -r -n -o ns } matches /^4026531820(\n4026531820)*$/

# Shows N9.
