#: # CLONE_NEWPTS
#:
#: Serge Hallyn: "I previously sent a patch to implement CLONE_NEWPTS, which just intercepts
#: /dev/pts/ access without multiple mounts. I think that, plus access to child containers' devpts
#: mounts through the nsproxy container subsystem, would be a very simple and useful way to
#: implement this."
policy devpts newpts
openpty
spawn --pts --uts web
spawn --pts --uts db
lsns -t pts

#: Nobody has mounted anything. There is one `/dev/pts`, and it shows everybody their own.
as web openpty
as web openpty -m
expect { ls /dev/pts } matches /^0\s+ptmx$/
expect { as web ls /dev/pts } matches /^0\s+1\s+ptmx$/
expect { as db ls /dev/pts } prints "ptmx"
expect { mount } matches /devpts on \/dev\/pts/
expect { grep -c devpts /proc/mounts } prints "1"

#: What *web* inherited, open, is still its parent's terminal; it has no name that *web* could find.
expect { as web tty <&4 } fails ENODEV
expect { as web tty <&6 } prints "/dev/pts/0"

#: The access for those above: here a link in `/proc`, from a task to the instance it finds in
#: /dev/pts. It leads down only.
ls -l /proc/$(pgrep web)/pts/
expect { ls /proc/$(pgrep web)/pts/ } matches /^0\s+1\s+ptmx$/
echo "from above" > /proc/$(pgrep web)/pts/0
expect { as web head -n 1 <&5 } matches /from above/
expect { as db ls /proc/1/pts/ } fails EACCES
expect { as db ls /proc/$(pgrep web)/pts/ } fails EACCES

#: With an instance that is the namespace's, one can enter it: `setns`, and /dev/pts is another.
nsenter -t $(pgrep web) --pts ls /dev/pts
expect { nsenter -t $(pgrep web) --pts ls /dev/pts } matches /^0\s+1\s+ptmx$/
lsptys
expect { lsptys -n -o index } matches /^\s*0$/

# Shows N8.
