#: # User namespaces: root in here, nobody out there
#:
#: S2 lists user namespaces as "useful today to current container technologies", and "to complete".
#: What became of them: a user namespace has its own numbers for users and groups, and a map says
#: whom they are outside. *web* makes one as an ordinary user.
spawn web
as web { setgid 1000; setuid 1000; prctl dumpable 1 }
expect { as web hostname web1 } fails EPERM
as web unshare --user --uts

#: Nobody in it has a number yet: unmapped users are shown as 65534. Yet it has every capability,
#: over what belongs to its namespace, such as the uts namespace that came with it.
expect { as web id -u } prints "65534"
expect { getpcaps web } matches /=ep/
as web hostname web1
expect { hostname } prints "nsh"

#: Anybody may write one line of a map, about themselves: uid 0 in here is uid 1000 out there. For
#: groups, setgroups(2) has to be given up first: it could drop a group to whom a file says no.
expect { as web { echo '0 1000 1' > /proc/self/gid_map } } fails EPERM
as web { echo '0 1000 1' > /proc/self/uid_map; echo deny > /proc/self/setgroups }
as web { echo '0 1000 1' > /proc/self/gid_map }
expect { as web id } prints "uid=0(root) gid=0(root) groups=0(root)"
expect { ps -o user,pid -p $! } matches /1000/

#: Capabilities are for what is its own. The machine's files are not, and neither is init.
touch /tmp/ours; chmod 600 /tmp/ours
expect { as web cat /tmp/ours } fails EACCES
expect { as web kill 1 } fails EPERM
expect { as web mknod /tmp/null c 1 3 } fails EPERM
as web touch /tmp/theirs
expect { as web stat -c %u /tmp/theirs /tmp/ours } matches /^0\n65534$/
expect { stat -c %u /tmp/theirs } prints "1000"

#: To map more than oneself takes CAP_SETUID outside; a map is written once.
spawn --user db
echo '0 100000 65536' > /proc/$!/uid_map
expect { echo '0 100000 65536' > /proc/$!/uid_map } fails EPERM
as db setuid 33
expect { ps -o uid -p $! } matches /100033/
lsns -T

# Shows N4.
