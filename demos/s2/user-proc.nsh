#: # Who may write to /proc?
#:
#: "To limit access to /proc files, use the user namespace checks? For the contents of each file,
#: use the current context." Serge Hallyn: "Just might work... /proc/ files would be created at
#: boot in the initial userns, so straightforward checks for userns equivalence between the writing
#: process and the file would suffice."
spawn --user --uts web
as web hostname inside
expect { as web cat /proc/sys/kernel/hostname } prints "inside"

#: The contents go by the reader, as wished: /proc/sys/kernel/hostname is the writer's own. But may
#: web write it? With pairs: no. The file is the initial namespace's, and web is in another.
policy user.checks pairs
expect { as web { echo pairs > /proc/sys/kernel/hostname } } fails EACCES

#: With maps it depends on who web *is*. It was root when it went in, and still is, outside.
policy user.checks mapped
as web { echo mapped > /proc/sys/kernel/hostname }
expect { as web hostname } prints "mapped"

#: Somebody else's root is not the machine's: to them, the file is root's. They set their own name
#: by sethostname(2), which asks for a capability over the *namespace* and not over a file.
spawn db
as db { setuid 1000; prctl dumpable 1; unshare --user --uts }
as db { echo '0 1000 1' > /proc/self/uid_map }
expect { as db { echo mapped > /proc/sys/kernel/hostname } } fails EACCES
as db hostname db1
expect { hostname } prints "nsh"

#: Limits of one's own are there to be set: how many namespaces each user may have inside.
as db { echo 0 > /proc/sys/user/max_uts_namespaces }
expect { as db unshare --uts } fails ENOSPC
as web unshare --uts

# Shows N4 and N14.
