#: # The last one turns off the light
#:
#: A container that is made of cgroups alone has no init with whom it ends: tasks come and go, and
#: one day the last is gone. An empty cgroup is left. Then the kernel itself runs a program, if the
#: cgroup is one of the first version: the *release agent* of its hierarchy.
profile mainline
policy kthreads kthread
mkdir /run/cg
mount -t cgroup -o none,name=containers none /run/cg

#: ## An agent
#:
#: Any program will do. This one writes down whom it was called for, and clears away.
cat > /run/agent <<'END'
#!/bin/nsh
me=$$
path=$(tr '\0' '\n' < /proc/$me/cmdline | tail -n 1)
echo $path >> /run/released
ps -o user=,ppid=,pgid=,sid=,args= -p $me >> /run/as
rmdir /run/cg$path
END
chmod 755 /run/agent
echo /run/agent > /run/cg/release_agent
expect { grep containers /proc/mounts } matches /release_agent=.run.agent,name=containers/

#: Each cgroup says for itself whether it wants that. A new one begins as the one it is made in.
mkdir /run/cg/web
echo 1 > /run/cg/web/notify_on_release
mkdir /run/cg/web/httpd
expect { cat /run/cg/web/httpd/notify_on_release } prints "1"

#: ## The last one leaves
#:
#: Two tasks are in there. One moves away, and nothing happens. The other dies: nobody has waited
#: for it yet, but that makes no difference.
spawn httpd
first=$!
spawn logger
for n in $first $! { echo $n > /run/cg/web/httpd/tasks }
echo $! > /run/cg/tasks
expect { cat /run/released } fails ENOENT
kill -9 $first
sleep 1
expect { cat /run/released } matches /^.web.httpd\n.web$/

#: The agent has removed the cgroup, which was the last in `web`: so that was released as well.
expect { ls -d /run/cg/web } fails ENOENT

#: ## Whose program it is
#:
#: The kernel's: root with all capabilities, outside of every container, in no session, a child of
#: kthreadd. Whoever may name the agent may do anything, so a container's root must not.
expect { head -n 1 /run/as } matches /^root +2 +0 +0 .bin.nsh .run.agent .web.httpd$/
spawn --user --cgroup --mount box
echo '0 0 65536' > /proc/$!/uid_map
expect { as box { echo /tmp/x > /run/cg/release_agent } } fails EPERM
expect { box mount -t cgroup -o none,name=containers,release_agent=/tmp/x none /mnt } fails EINVAL

#: Cgroup2 runs nothing. Whoever wants to know opens `cgroup.events`, and waits for a change.
mkdir /run/new
mount -t cgroup2 none /run/new
mkdir /run/new/db
spawn mysqld
echo $! > /run/new/db/cgroup.procs
exec 5< /run/new/db/cgroup.events
expect { cat <&5 } matches /^populated 1/
par { poll 5:PRI } { kill -9 $! }
expect { grep populated /run/new/db/cgroup.events } prints "populated 0"

# Shows C2, N4.
