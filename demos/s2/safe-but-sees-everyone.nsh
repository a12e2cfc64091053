#: # Safe, but it sees everyone's devices
#:
#: "redesign of lsm (a la netfilter) could cover all isolation needs." Serge Hallyn: "one issue with
#: using lsm is that it will purely control access, not resource ids. So container 1 may not have
#: access to /dev/pts/2, which at least is safe, but it'll see everyone's devices under devpts."
#:
#: Access control alone: one instance, and a device list that lacks its terminals.
policy devpts shared
openpty -m
openpty -m
spawn --dev web
devlist -t web --remove "pts/*"
devlist -t web --add pts/2
as web openpty -m
openpty -m

#: Safe it is.
expect { as web { echo hello > /dev/pts/0 } } fails ENXIO
expect { as web { echo hello > /dev/pts/3 } } fails ENXIO
expect { as web { echo hello > /dev/pts/2 } }

#: But *web* reads in `/dev/pts` who else is there, since when, and whose they are.
as web ls -l /dev/pts
expect { as web ls /dev/pts } matches /^0\s+1\s+2\s+3\s+ptmx$/
expect { as web lsptys -n -o index,user } matches /0 root\n\s*1 root\n\s*2 root\n\s*3 root/

#: The same with a real namespace: nobody has to be kept away from what is not there.
policy devpts newpts
spawn --pts db
expect { as db ls /dev/pts } prints "ptmx"
expect { as db openpty -m -n } prints "/dev/pts/0"

# Shows N8 and N13.
