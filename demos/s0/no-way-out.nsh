#: # No way out
#:
#: Gerrit Huizenga: "can they ever get back *out* of a container?"
#:
#: Dave Hansen: "No. Think of the pids again. What if the process's pid is the same as one in use
#: in the default container?"
profile franke-2005
policy pid.move never
spawn sshd
as sshd { echo web > /proc/container }
expect { as sshd getpid } prints "1"

#: *sshd* is 1 in its container. Outside, 1 is `init`.
expect { as sshd { echo 0 > /proc/container } } fails EPERM

#: A second container for a task that is in one already: refused as well.
expect { as sshd { echo other > /proc/container } } fails EPERM

#: And a name is given once.
spawn cron
expect { as cron { echo web > /proc/container } } fails EEXIST
expect { as cron cat /proc/container } prints "0"

#: Getting *in* is by inheritance only, says Hansen: nothing that already runs can be moved.
spawn job
as job setsid
expect { echo "batch group $!" > /proc/container } fails EPERM

# Shows P8.
