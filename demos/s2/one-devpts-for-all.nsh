#: # One devpts for everybody
#:
#: Cambridge, September 2007. Among the summit's notes: "check that /dev/pts can be mounted multiple
#: times". It cannot: the kernel of the day has *one* instance, and whoever mounts devpts, wherever,
#: gets that one.
policy devpts shared
spawn --mount --uts web
spawn --mount --uts db
expect { as web mount -t devpts devpts /dev/pts } fails EBUSY
as db mount -t devpts devpts /mnt

#: **web** opens a terminal. It is number 0, and the name is there for everybody.
as web openpty
as web ls -l /dev/pts
expect { as db ls /mnt } matches /^0\s+ptmx$/
expect { ls /dev/pts } matches /^0\s+ptmx$/

#: So **db** may write on it, as root may on any terminal. *web*'s screen shows what *db* wanted.
as db { echo "Give me your password:" > /dev/pts/0 }
expect { as web head -n 1 <&3 } matches /Give me your password:/

#: And its own first terminal is number 1: a checkpoint of *db* could be restarted with its
#: terminal as 0 nowhere, for the number is *web*'s.
expect { as db openpty } matches /\/dev\/pts\/1$/
as db lsptys
expect { as db lsptys -n } matches /pts\s+0 .*\n.*pts\s+1 /
expect $(stat -c %d /dev/pts) == $(as db stat -c %d /mnt)

#: An instance of one's own is not to be had: there is no such option yet.
expect { as db mount -t devpts -o newinstance devpts /dev/pts } fails EINVAL

# Shows N8.
