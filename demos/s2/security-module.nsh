#: # A security module instead of namespaces
#:
#: *"comment from eric: redesign of lsm (a la netfilter) could cover all isolation needs."* — *"one
#: issue with using lsm is that it will purely control access, not resource ids. So container 1 may
#: not have access to /dev/pts/2, which at least is safe, but it'll see everyone's devices under
#: devpts."*
#:
#: Smack, which came the year after: every task and every file has a label, and who has another one
#: needs a rule.
profile all
policy lsm smack
policy devpts shared
openpty -m
spawn web
spawn db
as web smacklabel Web
as db smacklabel Db
as web openpty -m
as db openpty -m
chsmack /dev/pts/0 /dev/pts/1 /dev/pts/2
expect { chsmack /dev/pts/1 } prints "Web"
as db { echo secret > /tmp/table }

#: Safe it is: nobody opens another's terminal, or files, or signals another. Root is no exception.
expect { as web { echo hello > /dev/pts/2 } } fails EACCES
expect { as web { echo hello > /dev/pts/1 } }
expect { as web cat /tmp/table } fails EACCES
expect { as web kill -TERM db } fails EACCES
expect { as web smacklabel Db } fails EPERM

#: A rule lets one read what is the other's, and no more.
smackload Web Db r
expect { as web cat /tmp/table } prints "secret"
expect { as web { echo mine > /tmp/table } } fails EACCES
smackload
smackload Web Db -
expect { as web cat /tmp/table } fails EACCES

#: But it sees everyone: whose terminals there are, who runs, what they are called and how the
#: machine is.
as web ls -l /dev/pts
expect { as web ls /dev/pts } matches /0\s+1\s+2/
expect { as web ps -e -o comm } matches /^db$/
expect { as web ls /tmp } prints "table"
expect { as web getpid } prints "2"
#: Numbers are the machine's. Two containers cannot both have pid 7 or /dev/pts/0, and none can be
#: moved.
expect { as web openpty -m -n } prints "/dev/pts/3"

#: ## The same with namespaces
#:
#: Nothing is forbidden to them, for nothing is there.
policy lsm none
policy devpts newpts
spawn --pid --pts --mount apart
as apart mount -t proc proc /proc
expect { as apart ls /dev/pts } prints "ptmx"
expect { as apart openpty -m -n } prints "/dev/pts/0"
expect { as apart getpid } prints "1"
expect { as apart kill -TERM 2 } fails ESRCH
#: What has no namespace is as open as ever: there a module is of use, beside them.
expect { as apart cat /tmp/table } prints "secret"

# Shows N13, N8.
