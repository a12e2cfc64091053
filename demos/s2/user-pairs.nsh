#: # (uid, userns) checks must be completed
#:
#: "(uid, userns) checks must be completed to be integrated with filesystems; security needs to be
#: looked at; so is signal delivery." When user namespaces were first merged, nobody checked:
#: whoever is uid 0 in one has whatever is uid 0's. *guest* is nobody much, and root inside.
touch /tmp/secret; chmod 600 /tmp/secret
spawn guest
as guest { setuid 1000; prctl dumpable 1; unshare --user --uts }
as guest { echo '0 1000 1' > /proc/self/uid_map }
policy user.checks numbers
as guest cat /tmp/secret
expect { as guest stat -c %u /tmp/secret } prints "65534"
expect { as guest kill -0 1 }

#: Numbers of one namespace mean nothing in another. So, for Linux 2.6.39: a user is a *pair* of uid
#: and user namespace. "It kind of looks like having a 'initial' userns which is special-cased":
#: every file is of that one, and to those in any other its owner is somebody else.
policy user.checks pairs
expect { as guest cat /tmp/secret } fails EACCES
expect { as guest kill -0 1 } fails EPERM

#: Safe; but a namespace owns no file that way, not even one that its user made himself.
spawn user
as user { setuid 1000; touch /tmp/mine; chmod 600 /tmp/mine }
expect { as guest cat /tmp/mine } fails EACCES
expect { as guest kill -0 $! } fails EPERM

#: Mainline since Linux 3.8: a *map*. Uid 0 in there is uid 1000 out here, and is asked for as that:
#: no file has to know of namespaces, and what is user 1000's is guest's as well.
policy user.checks mapped
as guest cat /tmp/mine
expect { as guest kill -0 $! }
expect { as guest cat /tmp/secret } fails EACCES
expect { as guest kill -0 1 } fails EPERM

# Shows N4.
