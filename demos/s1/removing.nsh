#: # Who clears away?
#:
#: A container that nobody needs any more has to go. S1 has three ways, and a question.
mkdir /containers
mount -t container -o numtasks none /containers
mkdir /containers/vserver1 /containers/vserver1/mail
spawn init1
echo $! > /containers/vserver1/tasks
init1 spawn sshd
init1 spawn postfix
echo $! > /containers/vserver1/mail/tasks

#: ## By hand
#:
#: "The current model is that rmdir fails if there are any processes still in the container; so
#: you'd have to kill processes by looking for pids in the `tasks` info file."
expect { rmdir /containers/vserver1 } fails EBUSY
expect { rmdir /containers/vserver1/mail } fails EBUSY

#: ## With all that is in it
#:
#: Hallyn wants "to hook things like rmdir, so that we can rm -rf /containers/vserver1 to kill all
#: processes in that container and all child containers". Menage is "open to making this
#: more configurable".
policy container.rmdir kill
rm -rf /containers/vserver1
expect { ls -d /containers/vserver1 } fails ENOENT
expect { ps -o s= -p 2 } prints "Z"
wait init1 || true
policy container.rmdir busy

#: ## By an agent
#:
#: "Release agent path is per-hierarchy, and defaults to empty": a program that is run when the last
#: task has left.
expect { cat /containers/release_agent } prints ""
cat > /tmp/agent <<'END'
#!/bin/nsh
echo released >> /tmp/log
END
chmod 755 /tmp/agent
echo /tmp/agent > /containers/release_agent
mkdir /containers/job
echo 1 > /containers/job/notify_on_release
spawn job
echo $! > /containers/job/tasks
kill $!
wait job || true
sleep 1
expect { cat /tmp/log } prints "released"
expect { cat /containers/job/tasks } prints ""

#: ## By itself
#:
#: "An auto_delete option for containers - similar to notify_on_exit, but rather than invoking a
#: userspace program, simply deletes the container from within the kernel."
echo 1 > /containers/job/auto_delete
mkdir /containers/job/step1
spawn step1
echo $! > /containers/job/step1/tasks
expect { cat /containers/job/step1/auto_delete } prints "1"
kill $!
expect { ls -d /containers/job } fails ENOENT

# Shows G3, G4.
