#: # Signals between users of two namespaces
#:
#: "so is signal delivery", says the list of what is to be looked at. Who may signal whom is a
#: question about users: the sender's real or effective uid is the receiver's real or saved one.
spawn --user web
echo '0 1000 100' > /proc/$!/uid_map
as web setuid 5
spawn out
as out setuid 1005

#: *web* is uid 5 in there and *out* uid 1005: the same user, and either may signal the other.
as web kill -0 $!
as out kill -0 web
spawn other
as other setuid 5
expect { as other kill -0 web } fails EPERM
expect { as web kill -0 $! } fails EPERM

#: The receiver is told who sent it, in its own numbers; who has none there is 65534.
as web trap USR1 { echo from uid $SI_UID }
as out kill -USR1 web
as web true
kill -USR1 web
as web true

#: Who made a namespace has all capabilities in it, CAP_KILL too; who merely is in it has them over
#: those further in.
spawn maker
as maker { setuid 1000; prctl dumpable 1 }
as maker spawn --user inner
as maker kill -0 inner
expect { as other kill -0 inner } fails EPERM
expect { as inner kill -0 maker }

# Shows N4.
